import type { Step } from '../trace/scenario/actions.js';
import { loadScript } from './load_script.js';

/** Any: it is written into the range that becomes a device, and read by nobody. */
const UUID = '6f7c2b1e-54d3-4b0a-9c8e-2f1d0a3b4c';

/**
 * A range of persistent memory (`memmap=SIZE!START`) becomes a device of the dax bus, and kmem adds
 * its memory. device_dax, which would map it as ZONE_DEVICE before, is not loaded. Prints what the
 * driver was given: node and ranges.
 */
export function daxKmemScript({ region = 0 }: Step): string {
  const nd = `/sys/bus/nd/devices/region${region}`;
  return `${loadScript('nd_e820', 'dax_pmem', 'kmem')}
seed=$(cat ${nd}/dax_seed)
[ -n "$seed" ] || { echo "there is no range of persistent memory for region${region}"; exit 1; }
echo 2097152 > ${nd}/$seed/align &&
echo pmem > ${nd}/$seed/mode &&
echo ${UUID}${String(region).padStart(2, '0')} > ${nd}/$seed/uuid &&
echo namespace${region}.0 > ${nd}/$seed/namespace &&
echo $seed > /sys/bus/nd/drivers/dax_pmem/bind || exit 1
dax=/sys/bus/dax/devices/$seed
echo "device $seed"
echo "target_node $(cat $dax/target_node)"
echo "memmap_on_memory $(cat $dax/memmap_on_memory 2>/dev/null)"
for mapping in $dax/mapping*; do echo "range $(cat $mapping/start)-$(cat $mapping/end)"; done
echo $seed > /sys/bus/dax/drivers/kmem/new_id && [ -e $dax/driver ]`;
}
