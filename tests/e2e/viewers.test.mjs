// SPDX-License-Identifier: MIT
// A published volume in somebody else's viewer: Mirador, on a site of another
// origin, is given the address of the manifest and nothing more.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { makeArchive, root, samples } from './tefter.mjs';
import { launch, openTab, picture, serve } from './web.mjs';

const volume = 'primorski/technical/1962-005';
const script = join(root, 'node_modules/.mirador-4.0.0/mirador.min.js');

let run, server, browser, site;

// The other site: one page that shows what it is told to.
function startSite() {
    const page = (manifest) => `<!DOCTYPE html><meta charset="utf-8">
        <title>Another site</title><link rel="icon" href="data:,">
        <div id="m" style="position:absolute;inset:0"></div>
        <script src="/mirador.js"></script><script>
        Mirador.viewer({ id: 'm', windows: [{ manifestId: '${manifest}',
            sideBarOpen: true, thumbnailNavigationPosition: 'far-bottom' }] });
        </script>`;
    const s = createServer((request, answer) => {
        const url = new URL(request.url, 'http://site');
        if (url.pathname === '/mirador.js') {
            answer.setHeader('Content-Type', 'text/javascript; charset=utf-8');
            answer.end(readFileSync(script));
        } else {
            answer.setHeader('Content-Type', 'text/html; charset=utf-8');
            answer.end(page(url.searchParams.get('manifest')));
        }
    });
    return new Promise((resolve) => {
        s.listen(0, '127.0.0.1', () => resolve({
            address: `http://127.0.0.1:${s.address().port}`,
            stop: () => s.close(),
        }));
    });
}

before(async () => {
    run = makeArchive({ after: (f) => process.on('exit', f) });
    const r = run('digitize', samples);
    assert.equal(r.status, 0, r.stderr);
    assert.equal(run('volume', 'publish', volume).status, 0);
    server = await serve(run.dir);
    site = await startSite();
    browser = await launch();
}, { timeout: 600_000 });

after(async () => {
    await browser?.close();
    site?.stop();
    await server?.stop();
});

test('Mirador shows a published volume', async () => {
    const manifest = `${server.address}/volume/${volume}/manifest.json`;
    const tab = await openTab(browser);
    const answers = [];

    tab.on('response', (r) => {
        if (r.url().startsWith(server.address)) answers.push(r);
    });
    await tab.goto(`${site.address}/?manifest=${encodeURIComponent(manifest)}`);
    await tab.waitForSelector('.mirador-window canvas');
    await tab.waitForFunction(() => // what is known of it, in the side bar
        document.querySelector('aside').innerText.includes('ПР-ТА 62/5'));
    await tab.waitForLoadState('networkidle');
    await picture(tab, 'mirador');
    const of = (pattern) => answers.filter((r) => pattern.test(r.url()));
    assert.equal(of(/manifest\.json$/).length, 1);
    assert.ok(of(/\/iiif\/.*\/info\.json$/).length >= 1);
    assert.ok(of(/\/iiif\/.*default\.jpg$/).length >= 2, 'no tiles');
    for (const r of answers) assert.equal(r.status(), 200, r.url());
    assert.deepEqual(tab.trouble.filter((t) => t.includes(server.address)), []);
    await tab.context().close();
});

test('Mirador is told nothing of a volume that is not published', async () => {
    const closed = 'odesos/family-register/1938-012';
    const manifest = `${server.address}/volume/${closed}/manifest.json`;
    const tab = await openTab(browser);

    assert.equal((await fetch(manifest)).status, 404);
    await Promise.all([
        tab.waitForEvent('requestfailed', (r) => r.url() === manifest),
        tab.goto(`${site.address}/?manifest=${encodeURIComponent(manifest)}`),
    ]);
    assert.ok(tab.trouble.some((t) => t.startsWith(`failed ${manifest}`)));
    assert.equal(await tab.locator('.mirador-window canvas').count(), 0);
    await tab.context().close();
});
