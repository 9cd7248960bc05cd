// SPDX-License-Identifier: MIT
// A published volume in somebody else's viewer: Mirador, on a site of another
// origin, is given the address of the manifest and nothing more.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { configure, makeArchive, root, samples } from './tefter.mjs';
import {
    addAccounts, code, launch, logIn, openTab, picture, serve,
} from './web.mjs';

const volume = 'primorski/technical/1962-005';
const script = join(root, 'node_modules/.mirador-4.0.0/mirador.min.js');

let run, server, browser, site;

// A viewer as the IIIF Authorization Flow 2.0 has it, step by step, for a test
// to take: a token is asked for in a frame, the log-in opens in a window, a
// picture is shown by the cookie.
const flow = `<!DOCTYPE html><meta charset="utf-8"><title>A viewer</title>
    <link rel="icon" href="data:,"><body><script>
    window.askToken = (service) => new Promise((resolve) => {
        const frame = document.createElement('iframe');
        const origin = encodeURIComponent(location.origin);
        frame.hidden = true;
        frame.src = service + '?messageId=7&origin=' + origin;
        const late = setTimeout(() => resolve(null), 5000);
        addEventListener('message', (e) => {
            if (e.origin !== new URL(service).origin) return;
            clearTimeout(late);
            frame.remove();
            resolve(e.data);
        }, { once: true });
        document.body.append(frame);
    });
    window.openAccess = (service) => {
        const origin = encodeURIComponent(location.origin);
        window.opened = window.open(service + '?origin=' + origin);
    };
    window.probe = (service, token) => fetch(service, token
        ? { headers: { Authorization: 'Bearer ' + token } } : {})
        .then((r) => r.json());
    window.show = (address) => new Promise((resolve) => {
        const image = new Image();
        image.onload = () => resolve(image.naturalWidth);
        image.onerror = () => resolve(0);
        image.src = address;
    });
    </script>`;

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
        } else if (url.pathname === '/flow') {
            answer.setHeader('Content-Type', 'text/html; charset=utf-8');
            answer.end(flow);
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

const otherSite = (s) => s.address.replace('127.0.0.1', 'localhost');

before(async () => {
    run = makeArchive({ after: (f) => process.on('exit', f) });
    const r = run('digitize', samples);
    assert.equal(r.status, 0, r.stderr);
    assert.equal(run('volume', 'publish', volume).status, 0);
    addAccounts(run);
    site = await startSite();
    // Both names of it: that it is on another site is for the browser to see.
    configure(run, { web: `viewers = ${site.address} ${otherSite(site)}` });
    server = await serve(run.dir);
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

const closed = 'odesos/family-register/1938-012/0001';

// What a manifest tells the clerk: { access, token, probe, tile }.
async function offered() {
    const tab = await openTab(browser);
    await logIn(tab, server.address, 'clerk');
    const r = await tab.request.get(
        `${server.address}/iiif/${encodeURIComponent(closed)}/info.json`);
    const info = await r.json();
    await tab.context().close();
    const [probe] = info.service;
    assert.equal(probe.type, 'AuthProbeService2');
    const [access] = probe.service;
    return {
        access: access.id,
        token: access.service.find(
            (s) => s.type === 'AuthAccessTokenService2').id,
        probe: probe.id,
        tile: `${info.id}/full/!200,200/0/default.jpg`,
    };
}

const message = (tab, o) => tab.evaluate((s) => window.askToken(s), o.token);
const probe = (tab, o, token) => tab.evaluate(
    ([s, t]) => window.probe(s, t), [o.probe, token]);
const shown = (tab, o) => tab.evaluate((a) => window.show(a), o.tile);

// In the window that the viewer opened, until it closes by itself.
async function logInThere(tab, o, role) {
    const [there] = await Promise.all([
        tab.waitForEvent('popup'),
        tab.evaluate((s) => window.openAccess(s), o.access),
    ]);
    await there.waitForSelector('#identifier');
    assert.equal(await tab.evaluate(() => window.opened.closed), false,
        'the viewer takes the window for closed');
    await there.fill('#identifier', role);
    await there.fill('#code', code);
    await Promise.all([
        there.waitForEvent('close'),
        there.locator('#code').press('Enter'),
    ]);
    await tab.waitForFunction(() => window.opened.closed);
}

test('a viewer on another origin shows a closed page to who logs in', async () => {
    const o = await offered();
    const tab = await openTab(browser);
    await tab.goto(`${site.address}/flow`);
    assert.equal((await probe(tab, o)).status, 401);
    assert.equal((await message(tab, o)).profile, 'missingAspect');
    assert.equal(await shown(tab, o), 0);
    await logInThere(tab, o, 'clerk');
    const given = await message(tab, o);
    assert.equal(given.type, 'AuthAccessToken2');
    assert.equal((await probe(tab, o, given.accessToken)).status, 200);
    assert.ok(await shown(tab, o) > 0, 'the picture is not shown');
    await tab.context().close();
});

test('an origin that is not named is given no token', async () => {
    const o = await offered();
    const stranger = await startSite();
    const tab = await openTab(browser);
    await logIn(tab, server.address, 'clerk');
    await tab.goto(`${stranger.address}/flow`);
    assert.equal((await message(tab, o)).profile, 'invalidOrigin');
    await tab.context().close();
    stranger.stop();
});

// SameSite=Lax: the cookie stays at home, whatever the settings say.
test('on another site a viewer shows nothing that is not public', async () => {
    const o = await offered();
    const tab = await openTab(browser);
    await logIn(tab, server.address, 'clerk');
    await tab.goto(`${otherSite(site)}/flow`);
    assert.equal((await message(tab, o)).profile, 'missingAspect');
    assert.equal(await shown(tab, o), 0);
    await tab.context().close();
});
