// What each person may do, as their pages show it: host access refused at its field, grants that come and go
// in open pages, a user who is disabled, and why what is off is off.

import { engine } from './engine';
import { containerUrl, expect, expectAccessible, test } from './fixtures';
import { terminalText } from './terminal';

const LIST = '/environments/local/containers';
const RUN = '/environments/local/run';

test('a mount of the host is marked and refused at its field, and a named volume does instead', async ({
  people,
  longshore,
  dock,
}) => {
  const name = `host-mount-${process.pid}`;
  const there = dock.idle('there');
  const deployer = await people.make([{ role: { builtin: 'deployer' }, at: { environment: { environment: 'local' } } }]);
  const page = await people.open(deployer);
  await page.goto(longshore.url + RUN);
  await page.getByLabel('Image', { exact: true }).fill('busybox');
  await page.getByLabel('Command', { exact: true }).fill('sleep 3600');
  await page.getByLabel('--name', { exact: true }).fill(name);
  await page.getByRole('button', { name: 'Add --volume', exact: true }).click();
  const volume = page.getByLabel('--volume, 1', { exact: true });
  await expect(volume).toBeFocused();
  await page.keyboard.type('/srv/data:/data');

  // At the field: that it is host access, why, a safer way, and who can grant it.
  const notes = page.getByRole('group', { name: /^--volume/ }).locator('.host-reason');
  await expect(notes).toContainText('Host access');
  await expect(notes).toContainText('Shows /srv/data of the host to the container.');
  await expect(notes).toContainText('A named volume keeps data without it: write NAME:/path.');
  await expect(notes).toContainText('You do not hold host access here. An administrator can grant it.');

  // Sent all the same, it is refused at the field.
  const sent = page.waitForRequest((request) => request.method() === 'POST' && /\/containers\?/.test(request.url()));
  await page.getByRole('button', { name: 'Create and start' }).click();
  await expect(page.getByText('The container was not made')).toBeVisible();
  await expect(volume).toHaveAttribute('aria-invalid', 'true');
  await expect(volume).toBeFocused();
  await expect(page.getByText(/^--volume needs the permission for host access/).first()).toBeVisible();
  await expectAccessible(page, 'a refusal at a field');
  const request = await sent;
  const reply = await page.context().request.post(request.url(), {
    headers: { 'x-longshore': '1', origin: new URL(longshore.url).origin },
    data: request.postDataJSON(),
  });
  expect(reply.status()).toBe(403);
  expect(await reply.json()).toMatchObject({ code: 'forbidden', field: 'storage.volumes[0]' });
  expect(engine.docker('ps', '--all', '--format', '{{.Names}}').split('\n')).toContain(there.name);
  expect(engine.docker('ps', '--all', '--format', '{{.Names}}').split('\n')).not.toContain(name);

  try {
    await volume.fill(`${name}:/data`);
    await expect(notes).toHaveCount(0);
    await page.getByRole('button', { name: 'Create and start' }).click();
    await expect(page).toHaveURL(new RegExp(`/containers/${name}/terminal\\?attached=1$`));
    const mount = '{{.State.Status}} {{(index .Mounts 0).Type}} {{(index .Mounts 0).Name}}';
    await expect.poll(() => engine.docker('inspect', '--format', mount, name)).toBe(`running volume ${name}`);
  } finally {
    engine.docker('rm', '--force', '--volumes', name);
    engine.docker('volume', 'rm', '--force', name);
  }
});

test('what is granted in one browser comes into the other by itself, and goes again', async ({
  people,
  longshore,
  dock,
}) => {
  const [own, other, never] = [dock.idle('own'), dock.idle('other'), dock.idle('never')];
  const on = (container: { id: string }) => ({ container: { environment: 'local', container: container.id } });
  const viewer = await people.make([{ role: { builtin: 'viewer' }, at: on(own) }]);
  const page = await people.open(viewer);
  const admin = await people.admin();
  await page.goto(longshore.url + LIST);
  const row = (name: string) =>
    page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) });
  await expect(row(own.name)).toBeVisible();
  await expect(row(other.name)).toHaveCount(0);
  await page.evaluate(() => Object.assign(window, { same: true }));

  const give = async (role: string, at: unknown) =>
    (await longshore.call(admin.request, 'POST', '/grants', {
      subject: { user: await people.id(viewer) },
      role: { builtin: role },
      at,
    })) as { id: number };
  const take = (grant: { id: number }) => longshore.call(admin.request, 'DELETE', `/grants/${grant.id}`);

  const seen = await give('viewer', on(other));
  await expect(row(other.name)).toContainText('Running');
  const stop = row(other.name).getByRole('button', { name: `Stop ${other.name}` });
  await expect(stop).toHaveAttribute('aria-disabled', 'true');
  const operates = await give('operator', on(other));
  await expect(stop).not.toHaveAttribute('aria-disabled', 'true');
  await row(other.name).hover();
  await stop.click();
  await expect(row(other.name)).toContainText('Finished');
  expect(other.state).toBe('exited');
  // Of what is not theirs nothing comes, whatever happens to it.
  never.exec('true');
  engine.docker('stop', '--time', '0', never.id);

  await take(operates);
  const start = row(other.name).getByRole('button', { name: `Start ${other.name}` });
  await expect(start).toHaveAttribute('aria-disabled', 'true');
  await take(seen);
  await expect(row(other.name)).toHaveCount(0);
  await expect(row(own.name)).toBeVisible();
  await expect(page.locator('body')).not.toContainText(never.name);
  expect(await page.evaluate(() => 'same' in window), 'it is the same page').toBe(true);

  // The same on a container's own page, which says why.
  await page.goto(containerUrl(longshore, own));
  const stopOwn = page.getByRole('main').getByRole('button', { name: 'Stop', exact: true });
  await expect(stopOwn).toHaveAttribute('title', /An administrator can make you an operator/);
  const again = await give('operator', on(own));
  await expect(stopOwn).not.toHaveAttribute('aria-disabled', 'true');
  await expect(stopOwn).not.toHaveAttribute('title', /./);
  await take(again);
  await expect(stopOwn).toHaveAttribute('aria-disabled', 'true');
});

test('what is made for a team is its members\', and is given to somebody else', async ({ people, longshore }) => {
  const name = `of-a-team-${process.pid}`;
  const admin = await people.admin();
  const team = `Crew ${process.pid}`;
  const { id } = (await longshore.call(admin.request, 'POST', '/teams', { name: team })) as { id: number };
  const maker = await people.make([{ role: { builtin: 'deployer' }, at: { environment: { environment: 'local' } } }]);
  const mate = await people.make([]);
  for (const user of [maker, mate]) {
    await longshore.call(admin.request, 'POST', `/teams/${id}/members`, { user: await people.id(user) });
  }
  const page = await people.open(maker);
  const other = await people.open(mate);
  const row = other.getByRole('row').filter({ has: other.getByRole('link', { name, exact: true }) });
  await other.goto(longshore.url + LIST);
  await page.goto(longshore.url + RUN);
  await page.getByLabel('Image', { exact: true }).fill('busybox');
  await page.getByLabel('Command', { exact: true }).fill('sleep 3600');
  await page.getByLabel('--name', { exact: true }).fill(name);
  await page.getByLabel('Belongs to').selectOption({ label: team });
  await expectAccessible(page, 'the choice of an owner');
  try {
    await page.getByRole('button', { name: 'Create only' }).click();
    const owner = page.getByRole('region', { name: 'Owner' });
    await expect(owner).toContainText(`Team ${team}`);
    await expect(row).toBeVisible();

    // Given to the one who made it, it is no longer the team's.
    await owner.getByRole('button', { name: 'Change owner' }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByLabel('New owner')).toHaveValue('1');
    await expectAccessible(page, 'the dialog of a new owner');
    await dialog.getByLabel('New owner').selectOption({ label: 'Nobody' });
    await expect(dialog).toContainText('You will no longer be its owner');
    await dialog.getByLabel('New owner').selectOption({ label: 'You' });
    await expect(dialog).not.toContainText('You will no longer be its owner');
    await dialog.getByRole('button', { name: 'Change owner' }).click();
    await expect(dialog).toHaveCount(0);
    await expect(owner).toContainText(maker);
    await expect(row).toHaveCount(0);
  } finally {
    engine.docker('rm', '--force', '--volumes', name);
  }
});

test('what a deployer ran stays in sight though it has removed itself, and its owner with it', async ({
  people,
  longshore,
}) => {
  const name = `gone-at-once-${process.pid}`;
  const maker = await people.make([{ role: { builtin: 'deployer' }, at: { environment: { environment: 'local' } } }]);
  const page = await people.open(maker);
  await page.goto(longshore.url + RUN);
  await page
    .getByRole('textbox', { name: 'Paste a docker run command' })
    .fill(`docker run --rm -t --name ${name} busybox sh -c 'echo seen; exit 7'`);
  await page.getByRole('button', { name: 'Fill the form' }).click();
  await page.getByRole('button', { name: 'Create and start' }).click();
  const gone = page.getByText(`${name} has been removed`);
  await expect(gone).toBeVisible();
  // What is told later must not take it away either.
  await page.waitForTimeout(2500);
  await expect.poll(() => terminalText(page)).toContain('seen');
  await expect(page.getByText('Ended with code 7').first()).toBeVisible();
  await expect(gone).toBeVisible();
});

test('whoever is disabled loses the terminal within a second, and reads why', async ({ people, longshore, dock }) => {
  const container = dock.idle('lost');
  const name = await people.make([{ role: { builtin: 'environment_admin' }, at: 'everything' }]);
  const page = await people.open(name);
  const admin = await people.admin();
  const id = await people.id(name);
  await page.goto(containerUrl(longshore, container, 'terminal'));
  await page.getByRole('textbox', { name: 'Terminal input' }).focus();
  await expect.poll(() => terminalText(page), { message: 'a prompt' }).toContain('#');
  await page.keyboard.type('echo $((40 + 2))nd\n');
  await expect.poll(() => terminalText(page)).toContain('42nd');

  await longshore.call(admin.request, 'PATCH', `/users/${id}`, { disabled: true });
  const begun = Date.now();
  await expect(page.getByRole('textbox', { name: 'Terminal input' })).toHaveCount(0, { timeout: 1_000 });
  console.log(`the terminal of a disabled user was gone after ${Date.now() - begun} ms`);
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
  await expect(page.getByText('An administrator has disabled your account')).toBeVisible();
  await expectAccessible(page, 'the sign-in after being disabled');
  await page.getByLabel('User name').fill(name);
  await page.getByLabel('Password', { exact: true }).fill('six tall cranes at dawn');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByText(/do not belong together/)).toBeVisible();
});

for (const role of ['viewer', 'operator'] as const) {
  test(`a ${role} is told why what is off is off, and who can change that`, async ({ people, longshore, dock }) => {
    const container = dock.idle('why');
    const page = await people.open(await people.make([{ role: { builtin: role }, at: 'everything' }]));
    const isViewer = role === 'viewer';
    const needs = {
      operator: /An administrator can make you an operator/,
      deployer: /An administrator can make you a deployer/,
      terminal: /An administrator can make you an environment admin/,
    };

    await test.step('in the list', async () => {
      await page.goto(longshore.url + LIST);
      const row = page.getByRole('row').filter({ has: page.getByRole('link', { name: container.name, exact: true }) });
      const stop = row.getByRole('button', { name: `Stop ${container.name}` });
      if (isViewer) await expect(stop).toHaveAttribute('title', needs.operator);
      else await expect(stop).not.toHaveAttribute('aria-disabled', 'true');
      await expect(page.getByRole('button', { name: 'Run', exact: true })).toHaveAttribute('title', needs.deployer);
      await row.getByRole('button', { name: `More actions for ${container.name}` }).click();
      const item = (name: string) => page.getByRole('button', { name, exact: true });
      await expect(item('Rename…')).toHaveAttribute('title', needs.deployer);
      await expect(item('Remove…')).toHaveAttribute('title', needs.deployer);
      if (isViewer) await expect(item('Restart')).toHaveAttribute('title', needs.operator);
      // Pressed all the same, it says why: there is no pointer to rest on it on a phone.
      await item('Remove…').click({ force: true });
      await expect(page.getByRole('status').filter({ hasText: needs.deployer })).toBeVisible();
      await page.keyboard.press('Escape');
    });

    await test.step('on the container’s page', async () => {
      await page.goto(containerUrl(longshore, container));
      const tab = (name: string) => page.getByRole('navigation', { name: /^Views of/ }).getByRole('link', { name });
      await expect(tab('Terminal')).toHaveAttribute('title', needs.terminal);
      if (isViewer) {
        await expect(tab('Logs')).toHaveAttribute('title', needs.operator);
        await expect(tab('Inspect')).toHaveAttribute('title', needs.operator);
        await expect(page.getByText('The details need another role').first()).toBeVisible();
      }
      await expectAccessible(page, `a container’s page for a ${role}`);
      await page.goto(containerUrl(longshore, container, 'terminal'));
      const named = isViewer ? 'Viewer' : 'Operator';
      await expect(page.getByText(`This needs the role Environment admin; yours is ${named}`)).toBeVisible();
      await expect(page.getByText('Ask an administrator if you need one.')).toBeVisible();
    });

    await test.step('at the run form', async () => {
      await page.goto(longshore.url + RUN);
      await expect(page.getByText('You may not make containers')).toBeVisible();
      await expect(page.getByText(needs.deployer)).toBeVisible();
      await expect(page.getByLabel('Image', { exact: true })).toHaveCount(0);
    });

    await test.step('on pages of administrators', async () => {
      for (const [path, title] of [
        ['/users', 'Users are managed by administrators'],
        ['/teams', 'Access is managed by administrators'],
        ['/policy', 'The policy is for administrators'],
        ['/audit', 'The audit is read by administrators'],
      ] as const) {
        const asked: string[] = [];
        page.on('request', (request) => asked.push(new URL(request.url()).pathname));
        await page.goto(longshore.url + path);
        await expect(page.getByText(title)).toBeVisible();
        await expect(page.getByText(new RegExp(`Your role is ${role}\\. Ask an administrator`, 'i'))).toBeVisible();
        await expect(page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: /Users|Policy|Audit/ })).toHaveCount(0);
        expect(asked.filter((path) => /\/api\/v1\/(users|teams|roles|grants|policy|audit)/.test(path))).toEqual([]);
        page.removeAllListeners('request');
      }
      await page.keyboard.press('Control+k');
      await page.keyboard.type('audit');
      await expect(page.getByRole('option', { name: /^Audit/ })).toHaveCount(0);
      await page.keyboard.press('Escape');
    });
  });
}

test('whoever sees one container learns of no other', async ({ people, longshore, dock }) => {
  const [own, hidden] = [dock.idle('shown'), dock.run('hidden', '-p', '18123:80', '-v', 'hidden-volume:/data', 'busybox', 'sleep', '3600')];
  const at = { container: { environment: 'local', container: own.id } };
  const page = await people.open(await people.make([{ role: { builtin: 'operator' }, at }]));
  const knows = async (what: string) => {
    expect(await page.content(), what).not.toContain(hidden.name);
    expect(await page.content(), what).not.toContain('hidden-volume');
  };
  try {
    await page.goto(longshore.url + LIST);
    await expect(page.getByRole('link', { name: own.name, exact: true })).toBeVisible();
    await knows('the list');
    await expect(page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: /^Containers/ })).toContainText('1');
    await page.goto(`${longshore.url}/environments/local`);
    await expect(page.getByText('Connected', { exact: true }).first()).toBeVisible();
    await knows('the overview');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('hidden');
    await expect(page.getByRole('option', { name: new RegExp(hidden.name) })).toHaveCount(0);
    await page.keyboard.press('Escape');
    // The same words as for one that never was.
    await page.goto(containerUrl(longshore, hidden));
    await expect(page.getByText(`There is no container ${hidden.name}`)).toBeVisible();
    const said = (await page.getByRole('main').innerText()).replaceAll(hidden.name, 'X');
    await page.goto(`${longshore.url}${LIST}/never-was`);
    await expect(page.getByText('There is no container never-was')).toBeVisible();
    expect((await page.getByRole('main').innerText()).replaceAll('never-was', 'X')).toBe(said);
  } finally {
    hidden.remove();
    engine.docker('volume', 'rm', '--force', 'hidden-volume');
  }
});
