/** include/trace/events/migrate.h: tracepoints of migration. */
import type { Kernel } from '../../../base/kernel.js';

/** Migration begins. @kernel include/trace/events/migrate.h v6.12 stub: counts nothing */
export function mm_migrate_pages_start(_k: Kernel): void {}

/** Migration has ended. @kernel include/trace/events/migrate.h v6.12 stub: counts nothing */
export function mm_migrate_pages(_k: Kernel): void {}
