// SPDX-License-Identifier: MIT
// Every page, as every role that may see it, in both languages, light and dark,
// on a wide screen and at 320 px: axe-core finds nothing against WCAG 2.1 A and
// AA, and nothing has to be scrolled sideways (1.4.10).
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { makeArchive, root, samples } from './tefter.mjs';
import { addAccounts, launch, logIn, openTab, roles, serve } from './web.mjs';

const axe = join(root, 'node_modules/axe-core/axe.min.js');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'];
const page = 'odesos/family-register/1938-012/0002';
const permit = 'primorski/technical/1962-005/0001';

let run, server, browser, batch;

before(async () => {
    run = makeArchive({ after: (f) => process.on('exit', f) });
    addAccounts(run);
    const r = run('digitize', samples);
    assert.equal(r.status, 0, r.stderr);
    assert.equal(run('volume', 'publish', 'primorski/technical/1962-005')
        .status, 0);
    [{ batch }] = run('batch', 'list', '--json').json();
    server = await serve(run.dir);
    browser = await launch();
}, { timeout: 600_000 });

after(async () => {
    await browser?.close();
    await server?.stop();
});

// Where there is something to see; what a role may not see is a page as well.
const places = () => [
    '/', '/?q=%D0%98%D0%B2%D0%B0%D0%BD%D0%BE%D0%B2%D0%B0', '/?q=%22',
    '/?q=xyzzy', '/volumes', '/volume/odesos/family-register/1938-012',
    `/page/${page}`, `/page/${permit}`, '/batches', `/batch/${batch}`,
    '/account', '/account/statement', '/audit', '/ground', '/login', '/nowhere',
];

const ways = [
    { name: 'wide', options: {} },
    { name: 'dark', options: { colorScheme: 'dark' } },
    { name: '320 px', options: { viewport: { width: 320, height: 640 } } },
];

async function faults(tab, way) {
    await tab.addScriptTag({ path: axe });
    const found = await tab.evaluate(async (tags) => {
        const r = await window.axe.run(document, {
            runOnly: { type: 'tag', values: tags },
        });
        return r.violations.map((v) => `${v.id}: ${v.help}: ` +
            v.nodes.slice(0, 3).map((n) => n.html.slice(0, 120)).join(' | '));
    }, rules);
    const beyond = await tab.evaluate(() =>
        document.documentElement.scrollWidth - window.innerWidth);

    if (way === '320 px' && beyond > 0) found.push(`${beyond} px too wide`);
    return found;
}

for (const role of roles) {
    describe(`as ${role}`, () => {
        for (const way of ways) {
            test(way.name, { timeout: 300_000 }, async () => {
                // The page's own policy lets no script in but ours.
                const tab = await openTab(browser,
                    { bypassCSP: true, ...way.options });
                const said = [];

                await logIn(tab, server.address, role);
                for (const language of ['bg', 'en']) {
                    for (const place of places()) {
                        const to = new URL(place, server.address);
                        to.searchParams.set('lang', language);
                        await tab.goto(to.href);
                        for (const fault of await faults(tab, way.name)) {
                            said.push(`${place} (${language}): ${fault}`);
                        }
                    }
                }
                await tab.context().close();
                assert.deepEqual(said, []);
            });
        }
    });
}
