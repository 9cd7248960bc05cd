// SPDX-License-Identifier: MIT
// The main job on the real and made pages of the shared corpus: on every page
// that a person can read, a word is found by the command and in the browser,
// and the outline is on that word.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
    boxIsOn, makeArchive, needShared, shared, truthOf, truthWords,
} from './tefter.mjs';
import {
    addAccounts, launch, logIn, openTab, outlines, picture, serve,
    viewerIsStill,
} from './web.mjs';

// Latin print: a word that a person reads there. Not listed are pages without
// a legible word: forms and text smeared to bars (form1, form2, baseline3),
// a scrawl (jpeg-coded), an empty page (miniswhite), and bare music (ortiz-03,
// ortiz-04).
const latin = {
    'phototest.tif': 'format', 'phototestrot.tif': 'format',
    'eurotext.tif': 'renard', '8087_054.3B.tif': 'Dubrovnik',
    'HelloGoogle.tif': 'Google', 'OfTheSciences.tif': 'Sciences',
    'baseline2.tif': 'pellentesque', 'feyn.tif': 'Caltech',
    'feyn-fract.tif': 'doodling', 'harmoniam-11.tif': 'CONCORDIAM',
    'lucasta.1.300.tif': 'BIOGRAPHICAL', 'ortiz-02.tif': 'Quarta',
    'tel_3.tif': 'SONATA', 'toc.99.tif': 'TEMPO', 'witten.tif': 'SPACETIME',
    'words.15.tif': 'hexameters', 'words.44.tif': 'Prudentius',
};

// The word, with at most one letter more, less or another: small print on a
// screen is not always read to the letter.
function saysWord(said, word) {
    const a = said.toLowerCase(), b = word.toLowerCase();

    for (let at = 0; at < a.length; at++) {
        let i = 0;
        while (i < b.length && a[at + i] === b[i]) i++;
        if (i === b.length) return true;
        if (a.startsWith(b.slice(i), at + i + 1) ||
            a.startsWith(b.slice(i + 1), at + i + 1) ||
            a.startsWith(b.slice(i + 1), at + i)) return true;
    }
    return false;
}

// An archive of these batches, served, and a clerk before it.
async function open(...batches) {
    const run = makeArchive({ after: (f) => process.on('exit', f) });
    const r = run('digitize', ...batches, '--json');
    assert.ok([0, 3].includes(r.status), r.stderr);
    addAccounts(run);
    const server = await serve(run.dir);
    const browser = await launch();
    const tab = await openTab(browser);
    await logIn(tab, server.address, 'clerk');
    const pages = run('volume', 'list', '--json').json().flatMap(({ volume }) =>
        run('volume', 'show', volume, '--json').json().pages);
    return {
        run, pages, tab, address: server.address,
        async close() {
            await browser.close();
            await server.stop();
        },
    };
}

const volumeOf = (page) => page.replace(/\/\d+$/, '');

// The hit of this page for the word, as the command tells it.
function hitOf({ run }, page, word) {
    const { hits } = run('search', '--volume', volumeOf(page), word, '--json')
        .json();
    return hits.find((h) => h.page === page);
}

// Types the word, follows the page's hit, and gives the outlines there.
async function lookUp({ tab, address }, page, word) {
    await tab.goto(`${address}/?volume=${encodeURIComponent(volumeOf(page))}`);
    await tab.fill('#q', word);
    await Promise.all([
        tab.waitForURL((url) => url.searchParams.get('q') === word),
        tab.press('#q', 'Enter'),
    ]);
    await tab.click(`.hit-list h3 a[href*="/page/${page}?"]`);
    await viewerIsStill(tab);
    const found = await outlines(tab);
    assert.ok(found.length > 0, `${page}: «${word}» has no outline`);
    for (const { box, seen, due, scale } of found) {
        const room = (0.12 * box[3] + 2) * scale * 2 + 4;
        assert.ok(seen.every((at, side) => Math.abs(at - due[side]) <= room),
            `${page}: the outline is at ${seen}, the word at ${due}`);
    }
    assert.deepEqual(tab.trouble, []);
    return found;
}

describe('register and tax pages', needShared, () => {
    const folder = join(shared, 'registers');
    let desk;
    before(async () => { desk = await open(folder); }, { timeout: 900_000 });
    after(() => desk?.close());

    test('all are kept, and the blank ones known', () => {
        assert.equal(desk.pages.length, 23);
        for (const { original_name, blank } of desk.pages)
            assert.equal(blank, truth(original_name).blank, original_name);
    });

    test('a word of the truth is found on each, the outline on it', async () => {
        for (const { page, original_name, blank } of desk.pages) {
            if (blank) continue;
            const { word, quad } = findWord(page, truth(original_name));
            const found = await lookUp(desk, page, word);
            assert.ok(found.some(({ box }) => boxIsOn(box, quad)),
                `${original_name}: no outline is on «${word}»`);
        }
    });

    function truth(name) {
        return truthOf(join(folder, 'truth', name.replace(/\.tif$/, '.json')));
    }

    function findWord(page, known) {
        const tried = [];
        for (const { word, quad } of truthWords(known).slice(0, 25)) {
            const hit = hitOf(desk, page, word);
            if (hit?.boxes.some((box) => boxIsOn(box, quad)))
                return { word, quad };
            tried.push(word);
        }
        return assert.fail(`${page}: none of ${tried} is found on its place`);
    }
});

describe('Latin print', needShared, () => {
    let desk;
    before(async () => {
        desk = await open('--language', 'eng',
            ...['tesseract-test', 'leptonica-prog', 'ocrevaluation-tif']
                .map((name) => join(shared, 'corpus', name)));
    }, { timeout: 900_000 });
    after(() => desk?.close());

    for (const [file, word] of Object.entries(latin)) {
        test(`${file}: «${word}» is found, the outline on it`, async () => {
            const kept = desk.pages.find((p) => p.original_name === file);
            assert.ok(kept, `${file} is not kept`);
            assert.ok(hitOf(desk, kept.page, word), `«${word}» is not found`);
            const found = await lookUp(desk, kept.page, word);
            if (found.length === 1) {
                await desk.tab.click('#viewer .to-hit');
                await viewerIsStill(desk.tab);
            }
            const said = await readOutlined(desk.tab, file);
            assert.ok(saysWord(said, word),
                `under the outline stands «${said}»`);
        });
    }

    // What stands on the screen under the first outline, read by itself.
    async function readOutlined(tab, name) {
        const [{ seen: [left, top, right, bottom] }] = await outlines(tab);
        const show = (how) => tab.evaluate((to) => {
            document.querySelector('.boxes').style.visibility = to;
        }, how);
        await show('hidden');
        const shot = await tab.screenshot({ clip: {
            x: left - 2, y: top - 2,
            width: right - left + 4, height: bottom - top + 4,
        } });
        await show('visible');
        await picture(tab, `latin-${name}`);
        const r = spawnSync('tesseract', ['stdin', 'stdout', '--psm', '8',
            '-l', 'eng'], { input: shot, encoding: 'utf8' });
        assert.equal(r.status, 0, r.stderr);
        return r.stdout.trim();
    }
});
