// A second factor that a role requires: from the policy to the person who sets it up and goes on.

import type { Page } from '@playwright/test';

import { code } from './authenticator';
import { expect, expectAccessible, test } from './fixtures';
import { PASSWORD, type Longshore } from './longshore';

async function administrator(page: Page, longshore: Longshore) {
  const context = await page.context().browser()!.newContext({ ignoreHTTPSErrors: true });
  await longshore.signIn(context.request, 'admin');
  return context;
}

/** The one who is asked for it is an operator, and nobody else is one. */
async function operator(longshore: Longshore, admin: Awaited<ReturnType<typeof administrator>>): Promise<string> {
  const name = `operator-${Date.now()}`;
  const grants = [{ role: { builtin: 'operator' }, at: 'everything' }];
  await longshore.call(admin.request, 'POST', '/users', { name, grants, password: PASSWORD });
  return name;
}

const FIRST = 'Set up your second factor first';

test('who lacks a required second factor is led to it, and goes on to where they wanted to be', async ({
  page,
  longshore,
  dock,
}) => {
  test.slow();
  const container = dock.idle('required');
  const context = await administrator(page, longshore);
  const admin = await context.newPage();
  const name = await operator(longshore, context);
  const there = `${longshore.url}/environments/local/containers/${container.name}`;

  // Somebody who is at work already.
  await longshore.signIn(page.context().request, name);
  await page.goto(there);
  await expect(page.getByRole('heading', { name: container.name })).toBeVisible();

  await admin.goto(`${longshore.url}/policy`);
  const roles = admin.getByRole('group', { name: 'Required for' });
  await roles.getByRole('checkbox', { name: 'Admin', exact: true }).check();
  await admin.getByRole('button', { name: 'Save' }).click();
  await expect(admin.getByText('you would lock yourself out')).toBeVisible();
  await roles.getByRole('checkbox', { name: 'Admin', exact: true }).uncheck();
  await roles.getByRole('checkbox', { name: 'Operator' }).check();
  await admin.getByRole('button', { name: 'Save' }).click();
  await expect(admin.getByText('The policy was changed')).toBeVisible();
  await expectAccessible(admin, 'the policy with a required factor');

  // The open page learns it by itself, and so does each other one.
  await expect(page.getByRole('heading', { name: FIRST })).toBeVisible();
  await expectAccessible(page, 'a page without the required factor');
  await page.getByRole('link', { name: 'Overview' }).click();
  await expect(page.getByRole('heading', { name: FIRST })).toBeVisible();
  await admin.goto(`${longshore.url}/users`);
  const row = admin.getByRole('row', { name: new RegExp(name) });
  await expect(row.getByText('Second factor missing')).toBeVisible();

  // At the next sign-in one is led to where it is set up.
  await page.getByRole('button', { name: `${name}, account menu` }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
  await page.goto(there);
  await page.getByLabel('User name').fill(name);
  await page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByText('Your role requires a second factor')).toBeVisible();
  await expect(page.getByRole('region', { name: 'API tokens' })).toBeHidden();
  await expectAccessible(page, 'the account without the required factor');
  await page.evaluate(() => ((window as unknown as { stays: boolean }).stays = true));
  const factor = page.getByRole('region', { name: 'Second factor' });
  await factor.getByRole('button', { name: 'Set up' }).click();
  const secret = (await factor.locator('code').first().innerText()).replaceAll(' ', '');
  await factor.getByLabel('Code from the app').fill(await code(secret, -1));
  await factor.getByRole('button', { name: 'Switch it on' }).click();
  await expect(factor.getByRole('list', { name: 'Your recovery codes' }).getByRole('listitem')).toHaveCount(10);
  await expect(page.getByText('Your role requires a second factor', { exact: true })).toBeHidden();
  await factor.getByRole('button', { name: 'I have kept them' }).click();
  await expect(page).toHaveURL(there);
  await expect(page.getByRole('heading', { name: container.name })).toBeVisible();
  // What follows the engine does so again.
  await expect(page.getByRole('navigation', { name: 'Main' }).getByText(/^(Docker|Podman) \d/)).toBeVisible();
  expect(await page.evaluate(() => (window as unknown as { stays: boolean }).stays), 'without a reload').toBe(true);

  await page.goto(`${longshore.url}/account`);
  const remove = factor.getByRole('button', { name: 'Remove…' });
  await expect(remove).toHaveAttribute('aria-disabled', 'true');
  await expect(remove).toHaveAttribute('title', /Your role requires a second factor/);
  await admin.reload();
  await expect(row.getByText('Second factor', { exact: true })).toBeVisible();

  await longshore.call(context.request, 'PATCH', '/policy', { factor_roles: [] });
  await expect(remove).not.toHaveAttribute('aria-disabled', 'true');
  await context.close();
});
