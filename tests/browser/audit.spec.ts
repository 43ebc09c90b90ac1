// The audit: rows come by themselves, the filter stands in the address, a row opens, the chain is verified,
// and the file holds what the filter shows.

import { expect, expectAccessible, test } from './fixtures';

const NAME = () => `audited-${Math.random().toString(36).slice(2, 8)}`;

test('rows come by themselves, are filtered, opened, verified and exported', async ({
  signedIn: page,
  context,
  longshore,
}) => {
  const makeTeam = async () => {
    const name = NAME();
    await longshore.call(context.request, 'POST', '/teams', { name });
    return name;
  };
  await page.goto(`${longshore.url}/audit`);
  const table = page.getByRole('table', { name: 'Audit log' });
  await expect(table.getByRole('row').nth(1)).toBeVisible();
  const first = await makeTeam();
  const row = table.getByRole('row').filter({ hasText: first });
  await expect(row).toContainText('Add a team');
  await expect(row).toContainText('Done');

  // What does not fit the filter neither stays nor comes.
  await page.getByRole('combobox', { name: 'Action' }).selectOption({ label: 'Sign in' });
  await expect(page).toHaveURL(/what=SignIn/);
  await expect(row).toHaveCount(0);
  await expect(table.getByRole('row').filter({ hasText: 'Sign in' }).first()).toBeVisible();
  const second = await makeTeam();
  await page.getByRole('combobox', { name: 'Action' }).selectOption({ label: 'Add a team' });
  const newer = table.getByRole('row').filter({ hasText: second });
  await expect(newer).toBeVisible();
  await page.reload();
  await expect(newer).toBeVisible();
  expect(await table.getByRole('row').filter({ hasText: 'Sign in' }).count()).toBe(0);

  const opener = newer.getByRole('button', { name: 'Add a team' });
  await opener.click();
  await expect(opener).toHaveAttribute('aria-expanded', 'true');
  await expect(newer).toContainText('CreateTeam');
  await expect(newer).toContainText('127.0.0.1');
  await expectAccessible(page, 'the audit with an open row');

  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: /as CSV/ }).click();
  const file = await (await download).createReadStream();
  let text = '';
  for await (const piece of file) text += piece;
  const lines = text.trimEnd().split('\r\n');
  expect(lines[0]).toBe('id,time,who,from,what,on,result,detail');
  expect(lines.length).toBeGreaterThan(2);
  expect(lines.slice(1).every((line) => line.includes(',CreateTeam,'))).toBe(true);
  expect(text).toContain(first);

  await page.getByRole('button', { name: 'Verify' }).click();
  await expect(page.getByText(/Verified: .* rows are as they were written/)).toBeVisible();

  await page.getByRole('searchbox', { name: 'Who' }).fill('nobody-of-that-name');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Nothing recorded fits the filter')).toBeVisible();
  await page.getByRole('button', { name: 'Show everything' }).click();
  await expect(page).not.toHaveURL(/who=|what=/);
  await expect(table.getByRole('row').filter({ hasText: 'Export the audit' }).first()).toBeVisible();
});

test('on a phone a row is a few lines', async ({ signedIn: page, longshore }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${longshore.url}/audit`);
  const row = page.getByRole('table', { name: 'Audit log' }).getByRole('row').filter({ hasText: 'Sign in' });
  await expect(row.first()).toBeVisible();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  expect(wide, 'the page does not scroll sideways').toBe(false);
});
