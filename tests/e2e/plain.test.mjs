// SPDX-License-Identifier: MIT
// What the pages ask of a browser: nothing but HTML, except for the zoom;
// little on a slow line; and paper shows what was asked for, and no buttons.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { makeArchive, samples } from './tefter.mjs';
import { addAccounts, launch, logIn, openTab, picture, serve } from './web.mjs';

const permit = 'primorski/technical/1962-005/0001';
const tax = 'primorski/local-tax/1979-107/0001';
const family = 'odesos/family-register/1938-012/0002';
const month = new Date().toISOString().slice(0, 7);

let run, server, browser;

function done(...args) {
    const r = run(...args);
    assert.equal(r.status, 0, `${args.join(' ')}: ${r.stderr}`);
}

before(async () => {
    run = makeArchive({ after: (f) => process.on('exit', f) });
    addAccounts(run);
    done('digitize', samples);
    done('volume', 'publish', 'primorski/technical/1962-005');
    done('price', 'set', 'notary', '*', '2');
    done('price', 'set', 'notary', 'family-register', '1.50', '--for', 'row');
    done('ledger', 'top-up', 'notary', '10', 'TRF 77/26.11.2026');
    server = await serve(run.dir);
    browser = await launch();
}, { timeout: 600_000 });

after(async () => {
    await browser?.close();
    await server?.stop();
});

// A person of the page who is found by name: { name, record }.
function somebody() {
    const persons = run('records', 'odesos/family-register/1938-012', '--page',
        '2', '--json').json().filter((r) => r.kind === 'person' &&
        r.fields.name?.confidence > 80);
    assert.ok(persons.length > 0);
    return { name: persons[0].fields.name.value, record: persons[0].record };
}

async function follow(tab, click) {
    await Promise.all([tab.waitForNavigation(), click()]);
}

test('without JavaScript: search, row, purchase, statement, log-out',
    async () => {
        const tab = await openTab(browser, { javaScriptEnabled: false });
        const { name, record } = somebody();
        const row = `/page/${family}/row/${record.split('/').pop()}`;

        await logIn(tab, server.address, 'notary');
        await tab.goto(`${server.address}/`);
        await tab.fill('#q', name);
        await follow(tab, () => tab.press('#q', 'Enter'));
        const hit = tab.locator(`.hit-list h3 a[href^="${row}"]`);
        assert.equal(await hit.count(), 1, `${name} leads to ${row}`);
        await follow(tab, () => hit.click());
        assert.match(await tab.textContent('main'), /1\.50 евро/u);
        await follow(tab, () => tab.click('form[action$="/open"] button'));
        assert.equal(new URL(tab.url()).pathname, row);
        assert.match(await tab.textContent('.words'),
            new RegExp(name.split(' ')[0], 'u'));
        // The picture stands there by itself.
        const seen = await tab.request.get(server.address +
            await tab.getAttribute('#viewer noscript img', 'src'));
        assert.equal(seen.headers()['content-type'], 'image/jpeg');
        await picture(tab, 'row-without-script');

        await follow(tab, () => tab.click('.reader a[href="/account"]'));
        await follow(tab, () => tab.click(
            'form[action="/account/statement"] button:not([name])'));
        assert.equal(new URL(tab.url()).pathname, '/account/statement');
        const statement = await tab.textContent('main');
        for (const part of ['8.50 евро', '-1.50', record, 'TRF 77/26.11.2026']) {
            assert.ok(statement.includes(part), `${part}: ${statement}`);
        }
        await picture(tab, 'statement-bg');
        const csv = await tab.request.get(`${server.address}` +
            `/account/statement?month=${month}&format=csv`);
        assert.match(csv.headers()['content-type'], /^text\/csv/);

        await follow(tab, () => tab.click('.reader form button'));
        assert.equal((await tab.request.get(server.address + row)).status(),
            404);
        assert.deepEqual(tab.trouble.filter((t) => !/402/.test(t)), []);
        await tab.context().close();
    });

// What a browser that was never here before fetches, by the bytes on the line:
// { requests, before, pictures }, before being all that is no picture of a page.
async function fetched(path, role = 'public') {
    const tab = await openTab(browser);
    if (role !== 'public') await logIn(tab, server.address, role);
    const line = await tab.context().newCDPSession(tab);
    const kinds = new Map();
    const sum = { requests: 0, before: 0, pictures: 0 };

    await line.send('Network.enable');
    await line.send('Network.clearBrowserCache');
    line.on('Network.requestWillBeSent', ({ requestId, request }) =>
        kinds.set(requestId, /\/iiif\/.*\.jpg$/.test(request.url)));
    line.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
        if (kinds.get(requestId)) {
            sum.pictures += encodedDataLength;
        } else {
            sum.requests++;
            sum.before += encodedDataLength;
        }
    });
    await tab.goto(server.address + path, { waitUntil: 'networkidle' });
    await tab.context().close();
    return sum;
}

describe('a cold browser fetches little before the picture', () => {
    for (const [what, path, role] of [
        ['the first page', '/', 'public'],
        ['a hit list', '/?q=%D0%92%D0%B0%D1%80%D0%BD%D0%B0', 'clerk'],
        ['a page with its zoom', `/page/${permit}`, 'public'],
        ['a page of a form, with outlines',
            `/page/${family}?q=%D0%92%D0%B0%D1%80%D0%BD%D0%B0`, 'clerk'],
    ]) {
        test(what, async (t) => {
            const { requests, before: bytes, pictures } =
                await fetched(path, role);
            t.diagnostic(`${what}: ${requests} requests, ${bytes} bytes; ` +
                `pictures ${pictures} bytes`);
            assert.ok(requests >= 2 && requests <= 10, `${requests} requests`);
            assert.ok(bytes > 2000 && bytes <= 150_000, `${bytes} bytes`);
        });
    }

    test('who cannot unpack scripts gets them as they are', async () => {
        const script = `${server.address}/static/viewer.js`;
        const packed = await fetch(script);
        const plain = await fetch(script,
            { headers: { 'Accept-Encoding': 'identity' } });
        assert.equal(packed.headers.get('content-encoding'), 'gzip');
        assert.equal(plain.headers.get('content-encoding'), null);
        assert.equal(packed.headers.get('vary'), 'Accept-Encoding');
        assert.equal(await packed.text(), await plain.text());
    });
});

describe('on paper', () => {
    // What print shows of these, after the browser has printed.
    async function printed(tab, selectors) {
        await tab.pdf({ format: 'A4' });
        await tab.emulateMedia({ media: 'print' });
        const seen = await tab.evaluate((all) => Object.fromEntries(
            all.map((s) => [s, [...document.querySelectorAll(s)]
                .some((e) => e.checkVisibility())])), selectors);
        await tab.emulateMedia({ media: 'screen' });
        return seen;
    }

    const chrome = { '.top': false, '.bottom': false, 'main form': false,
        '.printed': true, h1: true };

    test('a page is its scan and text, upright, and says for whom', async () => {
        const tab = await openTab(browser);
        await logIn(tab, server.address, 'clerk');
        await tab.goto(`${server.address}/page/${tax}`,
            { waitUntil: 'networkidle' });
        const fresh = await tab.evaluate(() =>
            document.querySelector('.paper').complete);
        assert.equal(fresh, false, 'fetched for nothing');
        assert.deepEqual(await printed(tab, [...Object.keys(chrome), '.paper',
            '#viewer', '.words', '.paging']), { ...chrome, '.paper': true,
            '#viewer': false, '.words': true, '.paging': false });
        assert.ok(await tab.evaluate(() =>
            document.querySelector('.paper').naturalWidth > 500));
        assert.match(await tab.textContent('.printed'),
            new RegExp(`${tax}.*clerk`, 'su'));
        assert.deepEqual(tab.trouble, []);
        await tab.context().close();
    });

    test('a row and a statement as well', async () => {
        const tab = await openTab(browser);
        await logIn(tab, server.address, 'bailiff');
        const row = somebody().record.split('/').pop();
        await tab.goto(`${server.address}/page/${family}/row/${row}`,
            { waitUntil: 'networkidle' });
        assert.deepEqual(await printed(tab, [...Object.keys(chrome), '.paper',
            '#viewer', '.words']), { ...chrome, '.paper': true,
            '#viewer': false, '.words': true });
        assert.match(await tab.textContent('.printed'), /123\/2026/);
        await tab.goto(`${server.address}/account/statement?month=${month}`);
        assert.deepEqual(await printed(tab, [...Object.keys(chrome), 'dl',
            '.not-printed']), { ...chrome, 'main form': false, dl: true,
            '.not-printed': false });
        await tab.context().close();
    });
});
