/** Of modules that are loaded with a parameter. */
const options: Readonly<Record<string, string>> = { dax_hmem: 'region_idle=1' };

const optionCases = Object.entries(options).map(([name, text]) => `${name}) option=${text};;`);

/** Loads modules and what they depend on, as far as they are not there. */
export const loadScript = (...names: readonly string[]): string =>
  `for module in ${names.map((name) => `/mod/${name}/*.ko`).join(' ')}; do
name=$(basename "$module" .ko | cut -c4-)
case $name in ${optionCases.join(' ')} *) option=;; esac
[ -e "$module" ] && ! grep -q "^$name " /proc/modules && insmod "$module" $option
done`;
