/** Loads modules and what they depend on, as far as they are not there. */
export const loadScript = (...names: readonly string[]): string =>
  `for module in ${names.map((name) => `/mod/${name}/*.ko`).join(' ')}; do
name=$(basename "$module" .ko | cut -c4-)
[ -e "$module" ] && ! grep -q "^$name " /proc/modules && insmod "$module"
done`;
