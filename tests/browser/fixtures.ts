// What the tests stand on: a console that is set up, a page that is signed in, and the promise that no
// page logs an error or breaks the content policy while it is looked at.

import AxeBuilder from '@axe-core/playwright';
import { test as base, expect, type Browser, type BrowserContext, type Page } from '@playwright/test';

import { Container } from './engine';
import { Longshore, PASSWORD } from './longshore';

/** Makes containers that go away with the test. */
export class Dock {
  private readonly made: Container[] = [];

  run(label: string, ...args: string[]): Container {
    return this.keep(Container.run(label, ...args));
  }

  create(label: string, ...args: string[]): Container {
    return this.keep(Container.create(label, ...args));
  }

  /** A busybox that runs until it is stopped, and ends at once when told to. */
  idle(label: string): Container {
    return this.run(label, 'busybox', 'sh', '-c', 'trap "exit 0" TERM; while :; do sleep 3600 & wait; done');
  }

  /** A busybox that prints a line with a number five times a second. */
  chatty(label: string): Container {
    const script = 'trap "exit 0" TERM; i=0; while :; do i=$((i+1)); echo "line number $i"; sleep 0.2; done';
    return this.run(label, 'busybox', 'sh', '-c', script);
  }

  private keep(container: Container): Container {
    this.made.push(container);
    return container;
  }

  removeAll(): void {
    for (const container of this.made) container.remove();
  }
}

let people = 0;

/** Users of a test, each with a browser of their own. */
export class People {
  private readonly contexts: BrowserContext[] = [];
  private readonly troubles: string[][] = [];
  private administrator?: BrowserContext;

  constructor(
    private readonly longshore: Longshore,
    private readonly browser: Browser,
  ) {}

  /** A user who holds these grants; their name. */
  async make(grants: unknown[]): Promise<string> {
    const name = `person-${Date.now()}-${people++}`;
    const { request } = await this.admin();
    await this.longshore.call(request, 'POST', '/users', { name, grants, password: PASSWORD });
    return name;
  }

  /** Their number. */
  async id(name: string): Promise<number> {
    const { request } = await this.admin();
    const all = (await this.longshore.call(request, 'GET', '/users')) as { id: number; name: string }[];
    return all.find((user) => user.name === name)!.id;
  }

  /** The administrator's browser, signed in. */
  async admin(): Promise<BrowserContext> {
    if (!this.administrator) {
      this.administrator = await this.context();
      await this.longshore.signIn(this.administrator.request, 'admin');
    }
    return this.administrator;
  }

  /** A page of a browser of their own, in which they are signed in. */
  async open(name: string): Promise<Page> {
    const context = await this.context();
    await this.longshore.signIn(context.request, name);
    const page = await context.newPage();
    this.troubles.push(watch(page));
    return page;
  }

  async close(): Promise<void> {
    for (const context of this.contexts) await context.close();
    expect(this.troubles.flat(), 'what their pages logged as errors').toEqual([]);
  }

  private async context(): Promise<BrowserContext> {
    const context = await this.browser.newContext({ ignoreHTTPSErrors: true });
    this.contexts.push(context);
    return context;
  }
}

// A refused sign-in or a container that is gone is an answer, and a line that a test cuts is no fault of
// the page; Chromium logs both as errors. So it does when a network interface of the machine comes or goes,
// as those of engines' bridges do; the page tries again by itself.
const ANSWERS =
  /Failed to load resource: (the server responded with a status of (401|403|404|409|422|503)|net::ERR_(INTERNET_DISCONNECTED|CONNECTION_(REFUSED|RESET|CLOSED)|EMPTY_RESPONSE|NETWORK_CHANGED))|WebSocket connection to .* failed/;

/** Notes what a page logs as errors, and what breaks its content policy. */
export function watch(page: Page): string[] {
  const troubles: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' && !ANSWERS.test(message.text())) troubles.push(message.text());
  });
  page.on('pageerror', (error) => troubles.push(error.message));
  return troubles;
}

type Fixtures = { dock: Dock; guard: void; people: People; signedIn: Page };

export const test = base.extend<Fixtures, { longshore: Longshore }>({
  longshore: [
    async ({ playwright }, use) => {
      const longshore = await Longshore.start();
      const request = await playwright.request.newContext({ ignoreHTTPSErrors: true });
      await longshore.setUp(request);
      await request.dispose();
      await use(longshore);
      await longshore.stop();
    },
    { scope: 'worker' },
  ],

  dock: async ({}, use) => {
    const dock = new Dock();
    await use(dock);
    dock.removeAll();
  },

  people: async ({ browser, longshore }, use) => {
    const all = new People(longshore, browser);
    await use(all);
    await all.close();
  },

  guard: [
    async ({ page }, use) => {
      const troubles = watch(page);
      await use();
      expect(troubles, 'what the page logged as errors').toEqual([]);
    },
    { auto: true },
  ],

  signedIn: async ({ page, context, longshore }, use) => {
    await longshore.signIn(context.request, 'admin');
    await page.goto(longshore.url);
    await expect(page.getByRole('navigation', { name: 'Main' }).or(page.getByRole('main'))).not.toHaveCount(0);
    await use(page);
  },
});

export { expect };

/** axe finds nothing serious on the page as it is. */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join('\n    ')}`);
  expect(serious, what).toEqual([]);
}

/** The address of a container's page. */
export function containerUrl(longshore: Longshore, container: Container, tab = ''): string {
  return `${longshore.url}/environments/local/containers/${container.name}${tab && `/${tab}`}`;
}
