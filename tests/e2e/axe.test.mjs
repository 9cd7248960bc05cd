// SPDX-License-Identifier: MIT
// Every page, as every role that may see it, in both languages; in dark colours
// and at 320 px for who sees most and who sees least: axe-core finds nothing
// against WCAG 2.1 A and AA, and nothing has to be scrolled sideways (1.4.10).
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
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
    assert.equal(run('organisation', 'add', '121830616', '--role', 'bank',
        '--name', 'Банка, клон Варна', '--document', 'Договор 12/2026').status, 0);
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
    `/page/${page}`, `/page/${permit}`, `/page/${page}/correct/r02`, '/batches', `/batch/${batch}`,
    '/account', '/account/statement',
    `/account/statement?month=${new Date().toISOString().slice(0, 7)}`, '/audit', '/audit/person', '/rights',
    '/accounts', '/accounts/show?identifier=notary', '/prices',
    '/organisation', '/organisations',
    '/organisations/show?identifier=121830616', '/code', '/second-factor', '/ground', '/login', '/nowhere',
];

const ways = [
    { name: 'on a wide screen', options: {}, roles },
    { name: 'in dark colours', options: { colorScheme: 'dark' },
        roles: ['public', 'admin'] },
    { name: 'at 320 px', options: { viewport: { width: 320, height: 640 } },
        roles: ['public', 'admin'] },
];

async function faults(tab) {
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

    if (beyond > 0) found.push(`${beyond} px too wide`);
    return found;
}

// What is wrong with each place in this language; pages of one error are alike.
async function walk(tab, language) {
    const seen = new Set([200]);
    const said = [];

    for (const place of places()) {
        const to = new URL(place, server.address);
        to.searchParams.set('lang', language);
        const status = (await tab.goto(to.href)).status();
        if (status !== 200 && seen.has(status)) continue;
        seen.add(status);
        for (const fault of await faults(tab)) {
            said.push(`${place} (${language}): ${fault}`);
        }
    }
    return said;
}

// While somebody holds the makers' lock, as one that is at work does.
test('of a PDF that is being made', { timeout: 120_000 }, async () => {
    const place = '/volume/primorski/technical/1962-005/volume.pdf';
    const dir = join(run.dir, 'cache/pdf');
    mkdirSync(dir, { recursive: true });
    const maker = spawn('flock', [join(dir, '.lock'), 'sleep', '100'],
        { stdio: 'ignore', detached: true });

    try {
        for (const { options } of ways) {
            const tab = await openTab(browser, { bypassCSP: true, ...options });
            for (const language of ['bg', 'en']) {
                const answer = await tab.goto(
                    `${server.address}${place}?lang=${language}`);
                assert.equal(answer.status(), 202);
                assert.deepEqual(await faults(tab), []);
            }
            await tab.context().close();
        }
    } finally {
        process.kill(-maker.pid);
    }
});

for (const way of ways) {
    describe(way.name, () => {
        for (const role of way.roles) {
            test(`as ${role}`, { timeout: 300_000 }, async () => {
                // The page's own policy lets no script in but ours.
                const tab = await openTab(browser,
                    { bypassCSP: true, ...way.options });

                await logIn(tab, server.address, role);
                const said = [...await walk(tab, 'bg'), ...await walk(tab, 'en')];
                await tab.context().close();
                assert.deepEqual(said, []);
            });
        }
    });
}
