import type { Step } from '../trace/scenario/actions.js';
import { loadScript } from './load_script.js';
import { cxlSerial } from './qemu_args.js';

/** Any: it is written into the range that becomes a device, and read by nobody. */
const UUID = '6f7c2b1e-54d3-4b0a-9c8e-2f1d0a3b4c';

/** What kmem will be given: name, node and ranges, for the rows of the step. */
const showDax = `d=/sys/bus/dax/devices/$dax
echo "device $dax"
echo "target_node $(cat $d/target_node)"
echo "memmap_on_memory $(cat $d/memmap_on_memory 2>/dev/null)"
for mapping in $d/mapping[0-9]*; do
echo "range $(cat $mapping/start)-$(cat $mapping/end)"
done`;

const giveToKmem = 'echo $dax > /sys/bus/dax/drivers/kmem/new_id && [ -e $d/driver ]';

const setOnMemory = (value: string | number | undefined): string => (value === undefined ? ''
  : `echo ${value} > $d/memmap_on_memory || exit 1`);

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
dax=$seed
${showDax}
${giveToKmem}`;
}

/**
 * A soft-reserved range (`memmap=SIZE%START-1+0xefffffff`) or parts of it become a device of the
 * dax bus. `region_idle` leaves that to whoever asks; else the whole range is a device, and kmem's,
 * as soon as both modules are there.
 */
export function daxHmemScript({ region = 0, parts_mb, memmap_on_memory }: Step): string {
  const mapping = parts_mb === undefined ? 'cat $d/../dax_region/available_size > $d/size || exit 1'
    : `echo 2097152 > $d/size && start=$(cat $d/resource) && echo 0 > $d/size || exit 1
for part in ${String(parts_mb).replaceAll(',', ' ')}; do
printf '0x%x-0x%x' $((start + \${part%-*} * 1048576)) $((start + \${part#*-} * 1048576 - 1)) \
> $d/mapping || exit 1
done`;
  return `${loadScript('dax_hmem')}
dax=dax${region}.0
d=/sys/bus/dax/devices/$dax
for i in 1 2 3 4 5 6 7 8 9 10; do [ -e $d ] || sleep 1; done
[ -e $d ] || { echo "there is no soft-reserved range ${region}"; exit 1; }
${mapping}
${setOnMemory(memmap_on_memory)}
${showDax}
${loadScript('kmem')}
${giveToKmem}`;
}

/**
 * A region of the window for the whole of a device, which becomes one of the dax bus. Its driver
 * gives it to kmem by itself: kmem is loaded when what it adds has been told.
 */
export function cxlRegionScript({ id = '', window = 0, memmap_on_memory }: Step): string {
  return `${loadScript('cxl_acpi', 'cxl_pci', 'cxl_mem')}
cd /sys/bus/cxl/devices || exit 1
root=decoder0.${window}
for i in 1 2 3 4 5 6 7 8 9 10; do
end=$(for e in endpoint*; do
[ "$(cat $e/uport/serial 2>/dev/null)" = ${cxlSerial(String(id))} ] && echo $e
done)
[ -z "$end" ] && sleep 1
done
[ -n "$end" ] || { echo "there is no CXL device ${id}"; exit 1; }
decoder=decoder\${end#endpoint}.0
size=$(cat $end/uport/ram/size)
region=$(cat $root/create_ram_region)
echo $region > $root/create_ram_region &&
echo 256 > $region/interleave_granularity && echo 1 > $region/interleave_ways &&
echo ram > $decoder/mode && echo $size > $decoder/dpa_size && echo $size > $region/size &&
echo $decoder > $region/target0 && echo 1 > $region/commit &&
echo $region > /sys/bus/cxl/drivers/cxl_region/bind || exit 1
dax=dax\${region#region}.0
d=/sys/bus/dax/devices/$dax
${loadScript('dax_cxl')}
for i in 1 2 3 4 5 6 7 8 9 10; do [ -e $d/mapping0 ] || sleep 1; done
[ -e $d ] || { echo "$region became no device of the dax bus"; exit 1; }
${memmap_on_memory === undefined ? '' : `[ ! -e $d/driver ] || {
echo "kmem is loaded: it has $dax, the first such step decides memmap_on_memory"; exit 1; }`}
${setOnMemory(memmap_on_memory)}
${showDax}
${loadScript('kmem')}
# It is refused when the driver's probe has come to its end.
echo $dax > /sys/bus/dax/drivers/kmem/bind 2>/dev/null
[ -e $d/driver ]`;
}
