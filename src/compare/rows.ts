/** Row number of what happens before the first row: the boot. */
export const BOOT_ROW = -1;
