/** The commands, found by their place: src/cli/<command>.ts. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { CommandModule } from 'yargs';

const folder = new URL('../', import.meta.url);
const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';

/** Names of all commands, in alphabetical order. Reads the folder only. */
export function commandNames(): readonly string[] {
  return readdirSync(fileURLToPath(folder), { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(extension))
    .filter((entry) => !entry.name.endsWith('.d.ts'))
    .map((entry) => entry.name.slice(0, -extension.length))
    .sort();
}

/** One command, with all that it needs: a command pays for its own imports only. */
export async function loadCommand(name: string): Promise<CommandModule<object, object>> {
  const url = new URL(`${name}${extension}`, folder).href;
  const module = await import(url) as { readonly default: CommandModule<object, object> };
  return module.default;
}
