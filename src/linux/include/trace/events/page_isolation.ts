/** include/trace/events/page_isolation.h: tracepoint of a test for isolation. */
import type { Kernel } from '../../../base/kernel.js';

/** Tells the outcome of a test. @kernel include/trace/events/page_isolation.h v6.12 full */
export function trace_test_pages_isolated(
  k: Kernel, start_pfn: number, end_pfn: number, fin_pfn: number,
): void {
  k.state.isolation_tests.push({ start_pfn, end_pfn, fin_pfn });
}
