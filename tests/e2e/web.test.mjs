// SPDX-License-Identifier: MIT
// The web pages as people use them: search, page, zoom, log-in, in the browser,
// as every role, in both languages.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
    boxIsOn, makeArchive, root, samples, truthOf, truthWords,
} from './tefter.mjs';
import {
    addAccounts, get, launch, likeness, logIn, openTab, outlines, picture, roles,
    serve, viewerIsStill, zoomOf, zoomedBeyond,
} from './web.mjs';

// Sample pages, each of a kind.
const pages = {
    register: { id: 'odesos/family-register/1938-012/0002',
        truth: '1938-012-002', turn: 0 },
    upsideDown: { id: 'odesos/family-register/1957-034/0003',
        truth: '1957-034-003', turn: 180 },
    skewed: { id: 'primorski/local-tax/1979-107/0001',
        truth: '1979-107-001', turn: 0 },
    bitonalTax: { id: 'primorski/local-tax/1979-107/0002',
        truth: '1979-107-002', turn: 0 },
    permit: { id: 'primorski/technical/1962-005/0001',
        truth: '1962-005-001', turn: 0 },
};

const seriesOf = (id) => id.split('/')[1];
const volumeOf = (id) => id.split('/').slice(0, 3).join('/');
const imageOf = (id) => `/iiif/${encodeURIComponent(id)}`;

// What each role may see (domain.md); the pages and searches of all others are
// as absent.
const all = ['family-register', 'local-tax', 'technical'];
const maySee = {
    public: ['technical'], operator: [], clerk: all, notary: all,
    bank: ['local-tax', 'technical'], bailiff: all, auditor: [], admin: all,
};

let run, server, browser;

before(async () => {
    run = makeArchive({ after: (f) => process.on('exit', f) });
    addAccounts(run);
    const r = run('digitize', samples);
    assert.equal(r.status, 0, r.stderr);
    assert.equal(run('volume', 'publish', volumeOf(pages.permit.id)).status, 0);
    for (const page of Object.values(pages)) page.found = findWord(page);
    server = await serve(run.dir);
    browser = await launch();
}, { timeout: 600_000 });

after(async () => {
    await browser?.close();
    await server?.stop();
});

// A word of the truth that was read right: { word, quad }. On no other page,
// so that a hit says which page it is.
function findWord({ id, truth }) {
    const words = truthWords(
        truthOf(join(root, 'samples/truth', `${truth}.json`)), 6);
    for (const { word, quad } of words) {
        const { hits } = run('search', word, '--json').json();
        if (hits.length === 1 && hits[0].page === id &&
            hits[0].boxes.length === 1 && boxIsOn(hits[0].boxes[0], quad)) {
            return { word, quad };
        }
    }
    throw new Error(`no word of ${id} is found`);
}

async function search(tab, word) {
    await tab.goto(`${server.address}/`);
    await tab.fill('#q', word);
    await Promise.all([
        tab.waitForURL((url) => url.searchParams.get('q') === word),
        tab.press('#q', 'Enter'),
    ]);
}

async function openPage(tab, page) {
    await tab.goto(`${server.address}/page/${page.id}?q=` +
        encodeURIComponent(page.found.word));
    await viewerIsStill(tab);
}

// The outline is where the picture has these pixels, on the word of the truth.
async function checkOutlines(tab, page) {
    const found = (await outlines(tab)).filter((o) => !o.misread);

    assert.equal(found.length, 1);
    for (const { box, seen, due, scale } of found) {
        const room = (0.12 * box[3] + 2) * scale * 2 + 4;
        assert.ok(boxIsOn(box, page.found.quad), `${box} is not on the word`);
        for (let side = 0; side < 4; side++) {
            assert.ok(Math.abs(seen[side] - due[side]) <= room,
                `${page.id}: side ${side} of the outline is at ${seen[side]}, ` +
                `the word at ${due[side]}`);
        }
    }
    return found[0].box;
}

describe('finding and reading', () => {
    let tab;
    before(async () => {
        tab = await openTab(browser);
        await logIn(tab, server.address, 'clerk');
    });
    after(() => tab.context().close());

    test('a word of the register is found, with its picture', async () => {
        const { word } = pages.register.found;
        await search(tab, word);
        const hit = tab.locator('.hit-list > li');
        assert.equal(await hit.count(), 1);
        assert.match(await hit.textContent(), new RegExp(word, 'iu'));
        const thumbnail = hit.locator('img');
        await tab.waitForFunction((i) => i.complete && i.naturalWidth > 50,
            await thumbnail.elementHandle());
        // It is the line with the word, and wide.
        const [x, y, w, h] = decodeURIComponent(
            await thumbnail.getAttribute('src')).split('/').at(-4).split(',')
            .map(Number);
        const [box] = run('search', word, '--json').json().hits[0].boxes;
        assert.ok(x <= box[0] && x + w >= box[0] + box[2] && y <= box[1] &&
            y + h >= box[1] + box[3] && w >= 6 * h, `${[x, y, w, h]}: ${box}`);
        await picture(tab, 'hits-bg');
        assert.deepEqual(tab.trouble, []);
    });

    test('the hit leads to the page, the word outlined on it', async () => {
        await search(tab, pages.register.found.word);
        const tiles = [];
        tab.on('response', (r) => {
            if (/\/iiif\/.*default\.jpg$/.test(r.url())) tiles.push(r.url());
        });
        await tab.click('.hit-list h3 a');
        await viewerIsStill(tab);
        assert.ok(tiles.length >= 4, `${tiles.length} tiles`);
        await checkOutlines(tab, pages.register);
        assert.equal(await tab.locator('.words mark').count(), 1);
        await picture(tab, 'page-bg');
        assert.deepEqual(tab.trouble, []);
    });

    for (const name of Object.keys(pages)) {
        test(`${name}: the outline stays on the word however it is turned`,
            async () => {
                await openPage(tab, pages[name]);
                await checkOutlines(tab, pages[name]);
                await tab.click('#viewer .to-hit');
                await viewerIsStill(tab);
                await checkOutlines(tab, pages[name]);
                await picture(tab, `zoom-${name}`);
                for (let i = 0; i < 4; i++) {
                    await tab.click('#viewer .tools button:nth-child(5)');
                    await viewerIsStill(tab);
                    await checkOutlines(tab, pages[name]);
                }
                assert.deepEqual(tab.trouble, []);
            });
    }

    test('the pixels under the outline are those of the word', async () => {
        for (const page of [pages.register, pages.upsideDown,
            pages.bitonalTax]) {
            await openPage(tab, page);
            await tab.click('#viewer .to-hit');
            await viewerIsStill(tab);
            const box = (await outlines(tab))[0].box;
            const [x, y, w, h] = box;
            const right = await likeness(tab, box, page.turn);
            const wrong = [
                await likeness(tab, box, (page.turn + 180) % 360),
                await likeness(tab, box, page.turn, [x + w / 2 | 0, y, w, h]),
                await likeness(tab, box, page.turn, [x, y + h / 2 | 0, w, h]),
                await likeness(tab, box, page.turn, [x, y - h / 2 | 0, w, h]),
            ];
            assert.ok(right > 0.6 && right > Math.max(...wrong) + 0.1,
                `${page.id}: likeness ${right}, elsewhere ${wrong}`);
        }
    });

    test('the zoom is used by keyboard alone', async () => {
        await openPage(tab, pages.register);
        const whole = await zoomOf(tab);
        await tab.focus('#viewer .openseadragon-canvas');
        await tab.keyboard.press('+');
        await zoomedBeyond(tab, whole * 1.05);
        await tab.focus('#viewer .tools button'); // to the hit
        await tab.keyboard.press('Enter');
        await zoomedBeyond(tab, whole * 1.5);
        const atHit = await zoomOf(tab);
        await tab.keyboard.press('Tab'); // zoom in
        await tab.keyboard.press('Enter');
        await zoomedBeyond(tab, atHit * 1.1);
        for (const label of await tab.locator('#viewer .tools button')
            .evaluateAll((all) => all.map((b) => b.ariaLabel))) {
            assert.match(label, /\p{Script=Cyrillic}/u);
        }
    });

    test('an outline does not cover the word, on the whole page either',
        async () => {
            for (const page of [pages.register, pages.bitonalTax]) {
                await openPage(tab, page);
                await checkDistance(tab, page);
                await tab.click('#viewer .to-hit');
                await viewerIsStill(tab);
                await checkDistance(tab, page);
            }
        });

    test('a switch shows the cells of the form, and what each holds',
        async () => {
            await openPage(tab, pages.register);
            const cells = () => tab.evaluate(() => ({
                frames: document.querySelectorAll('.cells polygon').length,
                labels: [...document.querySelectorAll('.cells text')]
                    .map((t) => t.textContent),
                shown: [...document.querySelectorAll('.cells')]
                    .some((c) => getComputedStyle(c).display !== 'none'),
                pressed: document.querySelector(
                    '#viewer .tools [aria-pressed]').ariaPressed,
            }));
            assert.equal((await cells()).pressed, 'false');
            await tab.click('#viewer .tools [aria-pressed]');
            await tab.waitForSelector('.cells text', { state: 'attached' });
            const on = await cells();
            assert.ok(on.frames > 20 && on.shown && on.pressed === 'true');
            assert.ok(on.labels.some((l) => /^Иванъ Петровъ Тодоровъ \d+%$/u.test(l)),
                on.labels.join('|'));
            await tab.click('#viewer .tools [aria-pressed]');
            await tab.waitForFunction(() => document.querySelector('.cells')
                .style.display === 'none');
            assert.equal((await cells()).shown, false);
        });

    test('a scan is shown lighter and darker, by keyboard', async () => {
        await openPage(tab, pages.register);
        const filter = () => tab.evaluate(() => OpenSeadragon.getViewer(
            document.querySelector('#viewer .stage')).drawer.canvas.style.filter);
        assert.equal(await filter(), '');
        await tab.focus('#viewer .brightness input');
        await tab.keyboard.press('ArrowRight');
        assert.match(await filter(), /brightness\(110%\)/);
        await tab.keyboard.press('ArrowLeft');
        await tab.keyboard.press('ArrowLeft');
        assert.match(await filter(), /brightness\(90%\)/);
        await tab.keyboard.press('ArrowRight');
        assert.equal(await filter(), '');
        assert.deepEqual(tab.trouble, []);
    });

    test('the strip leads to the pages around, and says which this is', async () => {
        await openPage(tab, pages.register);
        const strip = () => tab.locator('.page-strip a').evaluateAll((all) =>
            all.map((a) => a.textContent.trim() + (a.ariaCurrent ? '*' : '')));
        assert.deepEqual(await strip(), ['1', '2*', '3']);
        await Promise.all([tab.waitForNavigation(),
            tab.click('.page-strip a:has-text("3")')]);
        assert.deepEqual(await strip(), ['1', '2', '3*']);
    });

    // The inner edge of the outline lies outside of the word's box.
    async function checkDistance(tab, page) {
        const [{ seen, due }] = await outlines(tab);
        const { thick, blend } = await tab.evaluate(() => ({
            thick: parseFloat(getComputedStyle(
                document.querySelector('.boxes rect')).strokeWidth),
            blend: getComputedStyle(document.querySelector('.boxes'))
                .mixBlendMode,
        }));
        assert.ok(thick <= 2 && (thick <= 1 || due[3] - due[1] >= 14));
        assert.equal(blend, 'multiply'); // ink stays as black as it is
        for (const [out, at] of [[due[0], seen[0]], [due[1], seen[1]],
            [seen[2], due[2]], [seen[3], due[3]]]) {
            assert.ok(out - at >= thick / 2 + 0.4,
                `${page.id}: ${seen} is too near to ${due}`);
        }
    }

    test('no text is cut off, and the links to other pages stay in place',
        async () => {
            const places = [];
            for (const n of ['0001', '0002', '0003']) {
                await tab.goto(`${server.address}/page/` +
                    `${volumeOf(pages.register.id)}/${n}`);
                await viewerIsStill(tab);
                const seen = await tab.evaluate(() => {
                    const words = document.querySelector('.words');
                    const nav = document.querySelector('.page-head .paging');
                    return {
                        cut: words.scrollHeight - words.clientHeight,
                        left: [...nav.children].map((c) =>
                            Math.round(c.getBoundingClientRect().left)),
                        below: nav.getBoundingClientRect().top >=
                            document.querySelector('h1')
                                .getBoundingClientRect().bottom,
                    };
                });
                assert.ok(seen.cut <= 1, `${seen.cut} px of the text are hidden`);
                assert.ok(seen.below);
                places.push(seen.left.join());
            }
            assert.equal(new Set(places).size, 1, places.join(' / '));
        });

    test('a page without a question has no outlines', async () => {
        await tab.goto(`${server.address}/page/${pages.register.id}`);
        await viewerIsStill(tab);
        assert.equal((await outlines(tab)).length, 0);
        assert.equal(await tab.locator('.to-hit').count(), 0);
        assert.deepEqual(tab.trouble, []);
    });
});

describe('without JavaScript', () => {
    test('the page shows its picture upright', async () => {
        const tab = await openTab(browser, { javaScriptEnabled: false });
        await logIn(tab, server.address, 'clerk');
        await tab.goto(`${server.address}/page/${pages.upsideDown.id}`);
        const src = await tab.getAttribute('#viewer noscript img', 'src');
        assert.match(src, /\/180\/default\.jpg$/);
        const answer = await get(tab, server.address + src);
        assert.equal(answer.status(), 200);
        assert.equal(answer.headers()['content-type'], 'image/jpeg');
        await picture(tab, 'page-without-script');
        assert.deepEqual(tab.trouble, []);
        await tab.context().close();
    });
});

describe('batches', () => {
    test('every page of a batch has its picture on the sheet', async () => {
        const tab = await openTab(browser);
        await logIn(tab, server.address, 'admin');
        await tab.goto(`${server.address}/batches`);
        await picture(tab, 'batches');
        await tab.click('main tbody a');
        await tab.click('.choice a:not([aria-current])');
        await tab.waitForLoadState('networkidle');
        await picture(tab, 'contact-sheet');
        const cards = await tab.locator('.shot').count();
        assert.equal(cards, 11);
        const hrefs = await tab.locator('.shot image').evaluateAll((all) =>
            all.map((image) => image.getAttribute('href')));
        assert.equal(hrefs.length, cards);
        for (const href of hrefs) {
            const answer = await get(tab, server.address + href);
            assert.equal(answer.headers()['content-type'], 'image/jpeg');
        }
        assert.deepEqual(tab.trouble, []);
        await tab.context().close();
    });
});

describe('two languages', () => {
    for (const [lang, heading] of [['bg', /Търсене/u], ['en', /Search/]]) {
        test(`the pages speak ${lang}`, async () => {
            const tab = await openTab(browser, { locale: lang });
            await logIn(tab, server.address, 'clerk');
            await tab.goto(`${server.address}/`);
            assert.equal(await tab.getAttribute('html', 'lang'), lang);
            assert.match(await tab.textContent('h1'), heading);
            await picture(tab, `start-${lang}`);
            await search(tab, 'Варна');
            await tab.waitForLoadState('networkidle');
            await picture(tab, `many-hits-${lang}`);
            await openPage(tab, pages.skewed);
            await picture(tab, `skewed-page-${lang}`);
            assert.deepEqual(tab.trouble, []);
            await tab.context().close();
        });
    }

    test('a reader changes the language and keeps it', async () => {
        const tab = await openTab(browser, { locale: 'bg' });
        await tab.goto(`${server.address}/`);
        await tab.click('.languages a[lang=en]');
        assert.equal(await tab.getAttribute('html', 'lang'), 'en');
        await tab.goto(`${server.address}/volumes`);
        assert.equal(await tab.getAttribute('html', 'lang'), 'en');
        await tab.context().close();
    });
});

// Everything that would betray a page: its title, its ids, its text.
function betrayals(page) {
    const volume = run('volume', 'show', volumeOf(page.id), '--json').json();
    return [page.id, volumeOf(page.id), volume.title,
        encodeURIComponent(page.id)].filter(Boolean);
}

describe('every role sees its own, and nothing of the rest', () => {
    for (const role of roles) {
        test(role, async () => {
            const tab = await openTab(browser);
            await logIn(tab, server.address, role);
            for (const page of [pages.register, pages.skewed, pages.permit]) {
                await checkAccess(tab, role, page);
            }
            await tab.goto(`${server.address}/`);
            await picture(tab, `start-as-${role}`);
            await tab.context().close();
        });
    }

    // Of a family register they see single rows, and no words round a hit.
    const rowsAlone = (role, page) => ['notary', 'bailiff'].includes(role) &&
        seriesOf(page.id) === 'family-register';

    async function checkAccess(tab, role, page) {
        const rows = rowsAlone(role, page);
        const may = maySee[role].includes(seriesOf(page.id));
        const none = maySee[role].length === 0;
        const ask = (path) => get(tab, server.address + path);
        const word = encodeURIComponent(page.found.word);
        const sources = [];

        for (const path of ['/', `/?q=${word}`, `/?q=${word}&format=json`,
            '/volumes', '/account']) {
            sources.push(await (await ask(path)).text());
        }
        for (const tell of betrayals(page)) {
            // Only the address of its picture has the id so.
            const told = may && !(rows && tell === encodeURIComponent(page.id));

            assert.equal(sources.some((s) => s.includes(tell)), told,
                `${role}: '${tell}' of ${page.id}`);
        }
        const shown = await ask(`/page/${page.id}?q=${word}`);
        assert.equal(shown.status(), may ? 200 : none ? 403 : 404);
        for (const tail of ['/info.json', '/full/200,/0/default.jpg']) {
            assert.equal((await ask(imageOf(page.id) + tail)).status(),
                may && !rows ? 200 : 404, `${role}: ${page.id}${tail}`);
        }
    }

    // Personal numbers stand on a line as they are: only who sees them in hits
    // is shown it there; others the page, too small to be read.
    test('the line of a hit is for who sees personal numbers', async () => {
        for (const [role, shown] of [['clerk', 'strip'], ['admin', 'strip'],
            ['bank', 'thumbnail'], ['public', 'thumbnail']]) {
            const tab = await openTab(browser);
            await logIn(tab, server.address, role);
            await search(tab, pages.permit.found.word);
            assert.deepEqual(await tab.locator('.hit-list a[aria-hidden]')
                .evaluateAll((all) => all.map((a) => a.className)), [shown],
            role);
            await tab.context().close();
        }
    });

    test('after log-out nothing is left to see', async () => {
        const tab = await openTab(browser);
        await logIn(tab, server.address, 'clerk');
        await openPage(tab, pages.register);
        await tab.click('.reader form button');
        await tab.waitForLoadState();
        const page = await tab.goto(
            `${server.address}/page/${pages.register.id}`);
        assert.equal(page.status(), 404);
        await picture(tab, 'not-found-bg');
        // Straight from the browser's own cache, were it there.
        const status = await tab.evaluate(async (path) =>
            (await fetch(path)).status,
            `${imageOf(pages.register.id)}/info.json`);
        assert.equal(status, 404);
        await tab.context().close();
    });

    test('a wrong code does not let anybody in', async () => {
        const tab = await openTab(browser);
        await tab.goto(`${server.address}/login`);
        await tab.fill('#identifier', 'clerk');
        await tab.fill('#code', 'wrong');
        await tab.click('form.card button[type=submit]');
        await tab.waitForSelector('[role=alert]');
        await picture(tab, 'log-in-refused-bg');
        await tab.context().close();
    });
});

describe('on a phone', () => {
    test('hits and page fit the width', async () => {
        const tab = await openTab(browser, {
            viewport: { width: 360, height: 740 }, isMobile: true,
            hasTouch: true,
        });
        await logIn(tab, server.address, 'clerk');
        await search(tab, pages.register.found.word);
        await tab.waitForLoadState('networkidle');
        await picture(tab, 'hits-phone');
        await openPage(tab, pages.register);
        await picture(tab, 'page-phone');
        const wide = await tab.evaluate(() =>
            document.documentElement.scrollWidth - window.innerWidth);
        assert.ok(wide <= 0, `the page is ${wide} px too wide`);
        assert.deepEqual(tab.trouble, []);
        await tab.context().close();
    });
});
