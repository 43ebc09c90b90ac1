// What a terminal shows, read where assistive technology reads it.

import type { Page } from '@playwright/test';

/** The text of the terminal on the page. */
export async function terminalText(page: Page): Promise<string> {
  const screen = page.getByRole('main').locator('.xterm-accessibility-tree, .xterm-rows').first();
  return (await screen.count()) === 0 ? '' : (await screen.innerText()).replaceAll('\u00a0', ' ');
}
