/** Reads one input and says how many rows it has and how much memory that took; for the bench. */
import { readTrace } from '../trace/read.js';

const { trace } = await readTrace(process.argv[2] ?? '');
const { maxRSS } = process.resourceUsage();
process.stdout.write(`${JSON.stringify({ rows: trace.length, kilobytes: maxRSS })}\n`);
