// `docker run` from the browser: pasted, checked while it is typed, made, and what the engine refuses.

import { engine } from './engine';
import { expect, expectAccessible, test } from './fixtures';
import { terminalText } from './terminal';

const RUN = '/environments/local/run';
let next = 0;

/** A name of its own; whatever bears it goes away with the test. */
const it = test.extend<{ name: string }>({
  name: async ({}, use) => {
    const name = `run-${process.pid}-${next++}`;
    await use(name);
    try {
      engine.docker('rm', '--force', '--volumes', name);
    } catch {
      // It was never made, or is gone.
    }
  },
});

const inspect = (name: string, template: string) => engine.docker('inspect', '--format', template, name);

it('a pasted line fills the form, is checked, corrected and made', async ({ signedIn: page, longshore, name }) => {
  await page.goto(`${longshore.url}/environments/local/containers`);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Run a container', level: 1 })).toBeVisible();

  const paste = page.getByRole('textbox', { name: 'Paste a docker run command' });
  await paste.fill(
    `docker run -d --name ${name} -e COLOUR=green -v ${name}:data --nope -p eighty --label a=b busybox sleep 3600`,
  );
  await page.getByRole('button', { name: 'Fill the form' }).click();
  await expect(page.getByLabel('Image', { exact: true })).toHaveValue('busybox');
  await expect(page.getByLabel('Command', { exact: true })).toHaveValue('sleep 3600');
  await expect(page.getByLabel('--name', { exact: true })).toHaveValue(name);
  await expect(page.getByLabel('--env, 1', { exact: true })).toHaveValue('COLOUR=green');
  await expect(page.getByRole('checkbox', { name: '--detach' })).toBeChecked();
  const notes = page.getByRole('region', { name: 'Paste a docker run command' });
  await expect(notes.getByRole('listitem')).toHaveText([/^--nope Docker has no such option/, /^-p eighty A port/]);

  await expect(page.getByLabel('--publish, 1', { exact: true })).toHaveAttribute('aria-invalid', 'true');
  await page.getByRole('button', { name: 'Remove --publish eighty' }).click();

  const volume = page.getByLabel('--volume, 1', { exact: true });
  await expect(volume).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByText('A path in the container begins with /.')).toBeVisible();
  await page.getByRole('button', { name: 'Create and start' }).click();
  await expect(page.getByText('1 field is to be corrected first')).toBeVisible();
  await expect(volume).toBeFocused();

  await volume.fill(`${name}:/data`);
  await expect(volume).not.toHaveAttribute('aria-invalid', 'true');
  const command = page.getByRole('group', { name: 'The command' });
  await expect(command).toContainText(`-v ${name}:/data`);
  await expect(command).not.toContainText('nope');
  await volume.press('Control+Enter');

  await expect(page).toHaveURL(new RegExp(`/containers/${name}/logs$`));
  await expect(page.getByRole('heading', { name, exact: true })).toBeVisible();
  await expect(page.getByRole('main')).toContainText('Running');
  expect(inspect(name, '{{.State.Status}} {{index .Config.Labels "a"}} {{(index .Mounts 0).Destination}}')).toBe(
    'running b /data',
  );
  expect(inspect(name, '{{json .Config.Env}}')).toContain('COLOUR=green');
  engine.docker('rm', '--force', '--volumes', name);
  engine.docker('volume', 'rm', name);
});

it('a name and a port that are taken are told, with the next free one', async ({
  signedIn: page,
  longshore,
  dock,
  name,
}) => {
  const other = dock.run('holds', '-p', '18080:80', 'busybox', 'sleep', '3600');
  await page.goto(longshore.url + RUN);
  await page.getByLabel('Image', { exact: true }).fill('busybox');
  await page.getByLabel('Command', { exact: true }).fill('sleep 3600');
  await page.getByLabel('--name', { exact: true }).fill(other.name);
  await expect(page.getByText(`${other.name} is taken by another container`)).toBeVisible();
  await page.getByLabel('--name', { exact: true }).fill(name);
  await expect(page.getByText('is taken by another container')).toHaveCount(0);

  await page.getByRole('button', { name: 'Add --publish', exact: true }).click();
  const port = page.getByLabel('--publish, 1', { exact: true });
  await expect(port).toBeFocused();
  await page.keyboard.type('18080:80');
  await expect(page.getByText(`${other.name} publishes 18080 already. The next free one is 18081.`)).toBeVisible();
  await page.getByRole('button', { name: 'Use 18081' }).click();
  await expect(port).toHaveValue('18081:80');
  await expect(page.getByText('The next free one is')).toHaveCount(0);

  await page.getByRole('button', { name: 'Create only' }).click();
  await expect(page).toHaveURL(new RegExp(`/containers/${name}$`));
  expect(inspect(name, '{{.State.Status}} {{json .HostConfig.PortBindings}}')).toBe(
    'created {"80/tcp":[{"HostIp":"","HostPort":"18081"}]}',
  );
});

it('a port of a stopped container, a volume, a network and the host are checked while typing', async ({
  signedIn: page,
  longshore,
  dock,
}) => {
  const stopped = dock.create('sleeps', '-p', '18110:80', 'busybox');
  await page.goto(longshore.url + RUN);
  await page.getByLabel('Image', { exact: true }).fill('busybox');
  await page.getByRole('button', { name: 'Add --publish', exact: true }).click();
  await expect(page.getByLabel('--publish, 1', { exact: true })).toBeFocused();
  await page.keyboard.type('18110:80');
  await expect(
    page.getByText(`${stopped.name} publishes 18110 when it runs. The next free one is 18111.`),
  ).toBeVisible();
  await page.getByRole('button', { name: 'Use 18111' }).click();
  await expect(page.getByText('when it runs. The next free one')).toHaveCount(0);

  await page.getByRole('button', { name: 'Add --volume', exact: true }).click();
  await expect(page.getByLabel('--volume, 1', { exact: true })).toBeFocused();
  await page.keyboard.type('no-such-volume:/data');
  await expect(page.getByText('No volume here is called no-such-volume: an empty one is made.')).toBeVisible();
  await page.getByRole('searchbox', { name: 'Find an option' }).fill('cpus');
  await page.getByLabel('--cpus', { exact: true }).fill('4000');
  await expect(page.getByText(/The host has \d+ processors: the engine refuses more\./)).toBeVisible();
  // None of it keeps the form from being sent; another check asks nothing of the server.
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.getByLabel('--cpus', { exact: true }).fill('0.5');
  await expect(page.getByText('the engine refuses more')).toHaveCount(0);
  expect(asked).toEqual([]);
});

it('another container like one is made from the menus, with what only it has', async ({
  signedIn: page,
  longshore,
  dock,
  name,
}) => {
  const one = dock.create('like', '-p', '18120:80', '-e', 'COLOUR=green', '--memory', '64m', 'nginx:1.22');
  await page.goto(`${longshore.url}/environments/local/containers?q=${one.name}`);
  await page.getByRole('button', { name: `Actions for ${one.name}` }).click();
  await page.getByRole('link', { name: 'Another like this…' }).click();
  await expect(page).toHaveURL(new RegExp(`/run\\?from=${one.name}$`));
  await expect(page.getByText(`Filled from ${one.name}`)).toBeVisible();
  await expect(page.getByLabel('Image', { exact: true })).toHaveValue('nginx:1.22');
  await expect(page.getByLabel('--env, 1', { exact: true })).toHaveValue('COLOUR=green');
  await expect(page.getByLabel('--env, 2', { exact: true })).toHaveCount(0);
  // It is the first one's port.
  await expect(page.getByText(`${one.name} publishes 18120 when it runs.`)).toBeVisible();
  await page.getByRole('button', { name: 'Use 18121' }).click();
  await page.getByLabel('--name', { exact: true }).fill(name);
  await page.getByRole('button', { name: 'Create only' }).click();
  await expect(page).toHaveURL(new RegExp(`/containers/${name}$`));
  expect(inspect(name, '{{.Config.Image}} {{.HostConfig.Memory}} {{json .HostConfig.PortBindings}}')).toBe(
    'nginx:1.22 67108864 {"80/tcp":[{"HostIp":"","HostPort":"18121"}]}',
  );
});

it('values that one may not see are asked for, and not sent as a mask', async ({ page, context, longshore, dock, name }) => {
  const one = dock.create('masked', '-e', 'TOKEN=canary-value', 'busybox', 'sleep', '60');
  await longshore.signIn(context.request, 'admin');
  await longshore.call(context.request, 'POST', '/users', {
    name: 'maker',
    grants: [{ role: { builtin: 'deployer' }, at: 'everything' }],
    password: 'six tall cranes at dawn',
  });
  await longshore.signIn(context.request, 'maker');
  await page.goto(`${longshore.url}${RUN}?from=${one.name}`);
  await expect(page.getByText('Your role does not show the values of these variables')).toContainText('TOKEN');
  const token = page.getByLabel('--env, 1', { exact: true });
  await expect(token).toHaveValue('TOKEN');
  await expect(token).toHaveAttribute('aria-invalid', 'true');
  expect(await page.content()).not.toContain('canary-value');
  await page.getByLabel('--name', { exact: true }).fill(name);
  await page.getByRole('button', { name: 'Create only' }).click();
  await expect(page.getByText('1 field is to be corrected first')).toBeVisible();
  await token.fill('TOKEN=mine');
  await page.getByRole('button', { name: 'Create only' }).click();
  await expect(page).toHaveURL(new RegExp(`/containers/${name}$`));
  expect(inspect(name, '{{json .Config.Env}}')).toContain('TOKEN=mine');
  // The record of this session has no value that this person may not see again.
  await page.goto(`${longshore.url}/commands`);
  await expect(page.getByRole('list', { name: 'Commands of this session' })).toContainText('TOKEN=*****');
  expect(await page.evaluate(() => sessionStorage.getItem('longshore.commands'))).not.toContain('mine');
});

it('a container that was made and could not start says why, at the field', async ({
  signedIn: page,
  longshore,
  dock,
  name,
}) => {
  dock.run('holds', '-p', '18090:80', 'busybox', 'sleep', '3600');
  await page.goto(longshore.url + RUN);
  await page.getByLabel('Image', { exact: true }).fill('busybox');
  await page.getByLabel('--name', { exact: true }).fill(name);
  await page.getByRole('button', { name: 'Add --publish', exact: true }).click();
  await expect(page.getByLabel('--publish, 1', { exact: true })).toBeFocused();
  await page.keyboard.type('18090:80');
  await page.keyboard.press('Control+Enter');
  // The terminal, which attached to it first, hears that it does not start.
  await expect(page).toHaveURL(new RegExp(`/containers/${name}/terminal\\?attached=1$`));
  await expect(page.getByRole('status').getByText(`${name} was made, but does not run`)).toBeVisible();
  await expect(page.getByText(/The engine says: .*port is already allocated/)).toBeVisible();
  await expectAccessible(page, 'a start that the engine refused');
  await page.getByRole('button', { name: 'Back to the form' }).click();
  await expect(page.getByLabel('Image', { exact: true })).toHaveValue('busybox');
  await expect(page.getByLabel('--name', { exact: true })).toHaveValue(name);
  await expect(page.getByRole('alert').getByText(`${name} was made, but does not run`, { exact: true })).toBeVisible();
  await expect(page.getByLabel('--publish, 1', { exact: true })).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByText(/The engine says: .*port is already allocated/).first()).toBeVisible();
  expect(inspect(name, '{{.State.Status}}')).toBe('created');
  await page.getByRole('button', { name: 'Open it' }).click();
  await expect(page).toHaveURL(new RegExp(`/containers/${name}$`));
});

it('what the image does not have is said at the command, and tried again once it is there', async ({
  signedIn: page,
  longshore,
  name,
}) => {
  const run = async (options: string) => {
    await page.goto(longshore.url + RUN);
    await page
      .getByRole('textbox', { name: 'Paste a docker run command' })
      .fill(`docker run ${options} --name ${name} -v ${name}:/tools busybox /tools/late`);
    await page.getByRole('button', { name: 'Fill the form' }).click();
    await page.getByRole('button', { name: 'Create and start' }).click();
    await expect(page.getByText(/The engine says: (?!the engine).*\/tools\/late.*no such file or directory/)).toBeVisible();
  };
  try {
    await run('--rm');
    // Docker has removed it, so there is nothing to start.
    await expect(page.getByText(`${name} has been removed`)).toBeVisible();
    await expect(page.getByRole('button', { name: 'Try again' })).toHaveCount(0);
    await page.getByRole('button', { name: 'Back to the form' }).click();
    const command = page.getByLabel('Command', { exact: true });
    await expect(command).toHaveValue('/tools/late');
    await expect(command).toHaveAttribute('aria-invalid', 'true');
    await expect(command).toBeFocused();
    await expect(page.getByRole('button', { name: 'Open it' })).toHaveCount(0);
    await run('-it');
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(page.getByText(/The engine says: .*no such file or directory/)).toBeVisible();
    const write = 'printf "#!/bin/sh\\necho here by now; exit 5\\n" > /tools/late; chmod +x /tools/late';
    engine.docker('run', '--rm', '-v', `${name}:/tools`, 'busybox', 'sh', '-c', write);
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(page.getByText('Ended with code 5')).toBeVisible();
    expect(await terminalText(page)).toContain('here by now');
  } finally {
    for (const what of [['rm', '--force'], ['volume', 'rm', '--force']]) engine.docker(...what, name);
  }
});

it('what ends at once shows what it printed and its code, and is not started again by a reload', async ({
  signedIn: page,
  longshore,
  name,
}) => {
  const run = async (line: string) => {
    await page.goto(longshore.url + RUN);
    await page.getByRole('textbox', { name: 'Paste a docker run command' }).fill(line);
    await page.getByRole('button', { name: 'Fill the form' }).click();
    await page.getByRole('button', { name: 'Create and start' }).click();
    await expect(page).toHaveURL(new RegExp(`/containers/${name}/terminal\\?attached=1$`));
  };
  for (const options of ['--rm -it', '--rm']) {
    await run(`docker run ${options} --name ${name} busybox echo one two three`);
    await expect(page.getByText('Ended with code 0')).toBeVisible();
    expect((await terminalText(page)).trim()).toBe('one two three');
    await expect(page.getByText(`${name} has been removed`)).toBeVisible();
    expect((await terminalText(page)).trim()).toBe('one two three');
  }
  // Without a terminal each line begins at the left, and nothing is typed.
  await run(`docker run --name ${name} busybox sh -c 'echo first; echo second; sleep 3; exit 4'`);
  await expect(page.getByText('It takes no input; what it prints is shown.')).toBeVisible();
  await expect(page.getByText('Ended with code 4')).toBeVisible();
  expect((await terminalText(page)).split('\n').map((line) => line.trimEnd()).slice(0, 2)).toEqual(['first', 'second']);
  await page.getByRole('button', { name: /account menu/ }).click();
  await page.getByRole('link', { name: 'Commands of this session' }).click();
  const said = page.getByRole('list', { name: 'Commands of this session' }).getByRole('listitem');
  await expect(said.nth(0)).toContainText(`docker attach ${name}`);
  await expect(said.nth(1)).toContainText(`docker start ${name}`);
  await expect(said.nth(2)).toContainText(`docker create --name ${name} busybox sh -c`);
  const started = inspect(name, '{{.State.StartedAt}}');
  await page.goto(`${longshore.url}/environments/local/containers/${name}/terminal?attached=1`);
  await expect(page.getByText('The container does not run')).toBeVisible();
  expect(inspect(name, '{{.State.Status}} {{.State.StartedAt}}')).toBe(`exited ${started}`);
  // Once it runs again, it is attached to and nothing more.
  engine.docker('start', name);
  await expect(page.getByText('Attached to the container’s own process')).toBeVisible();
  await expect(page.getByText('Ended with code 4')).toBeVisible();
});

for (const remains of [true, false]) {
  it(`with -it${remains ? '' : ' --rm'} it is attached to, and its exit code is shown where one typed`, async ({
    signedIn: page,
    longshore,
    name,
  }) => {
    await page.goto(longshore.url + RUN);
    const options = remains ? '-it' : '-it --rm';
    await page
      .getByRole('textbox', { name: 'Paste a docker run command' })
      .fill(`docker run ${options} --name ${name} -m 1k busybox sh -c 'echo ready; exec sh'`);
    await page.getByRole('button', { name: 'Fill the form' }).click();
    const memory = page.getByLabel(/^--memory ?-m$/);
    await expect(memory).toHaveAttribute('aria-invalid', 'true');
    await page.getByRole('button', { name: 'Create and start' }).click();
    await expect(page.getByText('1 field is to be corrected first')).toBeVisible();
    await expect(memory).toBeFocused();
    await memory.fill('64m');
    await expect(memory).not.toHaveAttribute('aria-invalid', 'true');
    await page.getByRole('button', { name: 'Create and start' }).click();

    // Attached to the one process there is, with what it printed before anybody looked.
    await expect(page).toHaveURL(new RegExp(`/containers/${name}/terminal\\?attached=1$`));
    await expect.poll(() => terminalText(page), { message: 'what it printed first' }).toContain('ready');
    expect(engine.docker('top', name, '-o', 'pid').trim().split('\n')).toHaveLength(2);
    await page.getByRole('textbox', { name: 'Terminal input' }).focus();
    await page.keyboard.type('echo $((40 + 2))nd\n');
    await expect.poll(() => terminalText(page)).toContain('42nd');
    await page.keyboard.type('exit 3\n');
    await expect(page.getByText('Ended with code 3')).toBeVisible();
    await expect(page).toHaveURL(/\/terminal/);
    if (remains) {
      expect(inspect(name, '{{.State.Status}} {{.State.ExitCode}}')).toBe('exited 3');
      await expect(page.getByRole('main').getByText('Exited 3').first()).toBeVisible();
    } else {
      await expect(page.getByText(`${name} has been removed`)).toBeVisible();
      await expect(page.getByText('Ended with code 3')).toBeVisible();
      await expect(page.getByRole('button', { name: 'Open a new session' })).toHaveCount(0);
    }
    await expect.poll(() => terminalText(page), { message: 'what was printed stays' }).toContain('42nd');
  });
}

it('another like this is offered only where the engine tells what one is made of', async ({
  signedIn: page,
  longshore,
  dock,
}) => {
  const container = dock.idle('like');
  const list = `${longshore.url}/environments/local/containers`;
  const offered = async (count: number) => {
    const menu = page.getByRole('link', { name: 'Another like this…' });
    await page.goto(list);
    await page.getByRole('button', { name: `More actions for ${container.name}` }).click();
    await expect(page.getByRole('button', { name: 'Rename…' })).toBeVisible();
    await expect(menu).toHaveCount(count);
    await page.goto(`${list}/${container.name}`);
    await page.getByRole('button', { name: 'More actions', exact: true }).click();
    await expect(page.getByRole('button', { name: 'Rename…' })).toBeVisible();
    await expect(menu).toHaveCount(count);
  };
  await offered(1);
  // The same engine, as if it were Podman.
  await page.routeWebSocket(/\/api\/v1\/live$/, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((message) => {
      socket.send(typeof message === 'string' ? message.replaceAll('"kind":"docker"', '"kind":"podman"') : message);
    });
  });
  await offered(0);
});

it('an image that is not here is said at its field', async ({ signedIn: page, longshore, name }) => {
  await page.goto(longshore.url + RUN);
  const image = page.getByLabel('Image', { exact: true });
  await page.getByRole('button', { name: 'Create and start' }).click();
  await expect(page.getByText('An image is needed.')).toBeVisible();
  await expect(image).toBeFocused();
  await image.fill('no-such-image:1');
  await page.getByLabel('--name', { exact: true }).fill(name);
  await expect(page.getByText('no-such-image:1 is not on this engine.')).toBeVisible();
  // Where it may not be pulled, that is said once it is asked for.
  const filter = page.getByRole('searchbox', { name: 'Find an option' });
  await filter.fill('--pull');
  await page.getByLabel('--pull', { exact: true }).fill('never');
  await filter.fill('');
  await page.getByRole('button', { name: 'Create and start' }).click();
  await expect(page.getByText('Pull it first: docker pull no-such-image:1').first()).toBeVisible();
  await expect(image).toHaveAttribute('aria-invalid', 'true');
  await image.fill('busybox');
  await expect(image).not.toHaveAttribute('aria-invalid', 'true');
});

it('what reaches the host is marked, with the reason and a safer way', async ({ signedIn: page, longshore }) => {
  await page.goto(longshore.url + RUN);
  await page.getByRole('searchbox', { name: 'Find an option' }).fill('privileged');
  await page.getByRole('checkbox', { name: /--privileged/ }).check();
  await expect(page.getByText('Root in this container is root on the host')).toBeVisible();
  await expect(page.getByText('Add the one capability or device that it needs')).toBeVisible();
  await page.getByRole('searchbox', { name: 'Find an option' }).fill('');
  await expect(page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: /^Security/ })).toContainText(
    'Host access',
  );
});

it('lines of an env file become variables, and what is none is named', async ({ signedIn: page, longshore }) => {
  await page.goto(longshore.url + RUN);
  await page.getByText('Paste the lines of an env file').click();
  await page.getByRole('textbox', { name: 'Paste the lines of an env file' }).fill('A=1\n# note\nHOME\nB="two"');
  await page.getByRole('button', { name: 'Add these variables' }).click();
  await expect(page.getByLabel('--env, 1', { exact: true })).toHaveValue('A=1');
  await expect(page.getByLabel('--env, 2', { exact: true })).toHaveValue('B="two"');
  await expect(page.getByText(/^HOME The value would come from your shell/)).toBeVisible();
});

it('who may not make containers is told why', async ({ page, context, longshore }) => {
  await longshore.signIn(context.request, 'admin');
  await longshore.call(context.request, 'POST', '/users', {
    name: 'watcher',
    grants: [{ role: { builtin: 'viewer' }, at: 'everything' }],
    password: 'six tall cranes at dawn',
  });
  await longshore.signIn(context.request, 'watcher');
  await page.goto(`${longshore.url}/environments/local/containers`);
  const run = page.getByRole('button', { name: 'Run', exact: true });
  await expect(run).toHaveAttribute('aria-disabled', 'true');
  await expect(run).toHaveAttribute('title', /[Dd]eployer/);
  await page.goto(longshore.url + RUN);
  await expect(page.getByText('You may not make containers')).toBeVisible();
  await expect(page.getByLabel('Image', { exact: true })).toHaveCount(0);
});
