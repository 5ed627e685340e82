/** Debian's chromium, and pages of real reports in it. */
import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const places = [process.env['MMREPLAY_CHROMIUM'] ?? '', '/usr/bin/chromium',
  '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Undefined: this machine has none. */
export const chromiumPath = places.find((path) => path !== '' && existsSync(path));

export function launch(): Promise<Browser> {
  return chromium.launch({
    ...(chromiumPath === undefined ? {} : { executablePath: chromiumPath }),
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  });
}
