/** `onEachDatabase("story", (site) => { site.it(...) })`: the same journeys on SQLite and on PostgreSQL, each on a server of its own. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { openBrowser, openContext, picture, signIn } from "./browser.mjs";
import { DATABASES, Server } from "./server.mjs";

/** What a journey has at hand: `server`, `browser`, and a page for whoever acts in it. */
class Site {
  constructor(database) {
    this.database = database;
    this.people = new Map();
    this.offers = new Map();
    this.contexts = [];
  }

  /** The person of this login, made at the first call. */
  async person(login, name, role, unit) {
    if (!this.people.has(login)) this.people.set(login, await this.server.person(login, name, role, unit));
    return this.people.get(login);
  }

  /** A fresh browser context with one page. */
  async visitor(options) {
    const context = await openContext(this.browser, this.server, options);
    this.contexts.push(context);
    return context.newPage();
  }

  /** A page of a person who has just signed in. */
  async signedIn(person, options) {
    const page = await this.visitor(options);
    await signIn(page, person);
    return page;
  }
}

/** Journeys on each database, or on those of `databases`. `serve`: options of `preau serve`; `without`: of Chromium. */
export function onEachDatabase(story, journeys, { serve = [], databases = DATABASES, without = [] } = {}) {
  for (const database of databases) {
    describe(`${story} (${database})`, () => {
      const site = new Site(database);
      before(async () => {
        site.server = await Server.prepare(database);
        await site.server.start(...serve);
        site.browser = await openBrowser([], without);
      });
      after(async () => {
        await site.browser?.close();
        await site.server?.remove();
      });
      /** One journey: its pages are closed after it, and none of them may have had a script error. */
      const journey = (name, act) =>
        it(name, { timeout: 120_000 }, async () => {
          try {
            await act(site);
            const errors = site.contexts.flatMap((context) => context.errors);
            assert.deepEqual(errors, [], `no script of the pages failed:\n${errors.join("\n")}`);
          } catch (failure) {
            const where = [];
            for (const context of site.contexts) {
              for (const page of context.pages()) {
                await picture(page, `failed-${name}`.replace(/[^a-z0-9]+/gi, "-")).catch(() => {});
                where.push(page.url());
              }
            }
            const log = site.server.output.split("\n").slice(-15).join("\n");
            throw new Error(`${failure.message}\nPages: ${where.join(" ")}\nServer: ${log}`, { cause: failure });
          } finally {
            for (const context of site.contexts.splice(0)) await context.close();
          }
        });
      journeys(journey, site);
    });
  }
}
