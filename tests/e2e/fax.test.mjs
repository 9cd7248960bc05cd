// SPDX-License-Identifier: MIT
// A fax has pixels that are higher than wide. On the web its page has the shape
// of its paper, and outlines lie on their words.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeArchive, needShared, shared, tempDir } from './tefter.mjs';
import {
    addAccounts, launch, likeness, logIn, openTab, outlines, picture, serve,
    viewerIsStill,
} from './web.mjs';

const fax = join(shared, 'corpus/tiff/image-tiff/libtiffpic/g3test.tif');
const id = 'odesos/family-register/fax/0001';
const [width, height, stretch] = [1728, 1103, 204 / 98];

// A word of the page that no other stands for: long enough to be sure.
function aWord(run) {
    const words = run('page', 'show', id, '--text').stdout
        .match(/\p{L}{6,}/gu) ?? [];
    assert.ok(words.length > 0, 'nothing was read');
    return words[0];
}

test('a fax has the shape of its paper, and its outlines lie on their words',
    { ...needShared, timeout: 300_000 }, async (t) => {
        const run = makeArchive(t);
        const folder = join(tempDir(t), 'box');
        mkdirSync(join(folder, 'fax'), { recursive: true });
        copyFileSync(fax, join(folder, 'fax/0001.tif'));
        const r = run('digitize', '--site', 'odesos', '--language', 'eng', folder);
        assert.equal(r.status, 0, r.stderr);
        addAccounts(run);
        const server = await serve(run.dir);
        t.after(() => server.stop());
        const browser = await launch();
        t.after(() => browser.close());
        const tab = await openTab(browser);
        await logIn(tab, server.address, 'clerk');
        await tab.goto(`${server.address}/page/${id}?q=${encodeURIComponent(aWord(run))}`);
        await viewerIsStill(tab);

        const size = await tab.evaluate(() => {
            const viewer = OpenSeadragon.getViewer(
                document.querySelector('#viewer .stage'));
            const { x, y } = viewer.world.getItemAt(0).getContentSize();
            return [x, y];
        });
        assert.deepEqual(size, [width, Math.round(height * stretch)]);

        await tab.click('#viewer .to-hit');
        await viewerIsStill(tab);
        await picture(tab, 'fax');
        const [outline] = await outlines(tab);
        const [x, y, w, h] = outline.box;
        const due = [x, y * stretch, w, h * stretch];
        const like = await likeness(tab, due, 0, outline.box);
        assert.ok(like > 0.8, `the pixels in the outline are others: ${like}`);
        const seen = await tab.evaluate(([bx, by, bw, bh]) => {
            const stage = document.querySelector('#viewer .stage');
            const viewport = OpenSeadragon.getViewer(stage).viewport;
            const origin = stage.getBoundingClientRect();
            const at = (px, py) => viewport.imageToViewerElementCoordinates(
                new OpenSeadragon.Point(px, py));
            const [a, b] = [at(bx, by), at(bx + bw, by + bh)];
            return [a.x + origin.x, a.y + origin.y, b.x + origin.x, b.y + origin.y];
        }, due);
        seen.forEach((edge, i) => assert.ok(Math.abs(edge - outline.seen[i]) < 12,
            `${outline.seen} is seen, ${seen} is due`));
        assert.deepEqual(tab.trouble, []);
    });

// Machines that say only how many times more pixels they have one way than the
// other (ResolutionUnit 1) are as common.
test('a fax that states no unit has the shape of its paper, also on the sheet',
    { ...needShared, timeout: 300_000 }, async (t) => {
        const run = makeArchive(t);
        const folder = join(tempDir(t), 'box');
        const scan = join(folder, 'fax/0001.tif');
        mkdirSync(join(folder, 'fax'), { recursive: true });
        copyFileSync(fax, scan);
        execFileSync('tiffset', ['-s', '296', '1', scan]);
        const r = run('digitize', '--site', 'odesos', '--language', 'eng', folder);
        assert.equal(r.status, 0, r.stderr);
        addAccounts(run);
        const server = await serve(run.dir);
        t.after(() => server.stop());
        const browser = await launch();
        t.after(() => browser.close());
        const tab = await openTab(browser);
        await logIn(tab, server.address, 'admin');
        await tab.goto(`${server.address}/page/${id}`);
        await viewerIsStill(tab);
        assert.equal(Number(await tab.getAttribute('#viewer', 'data-stretch')),
            Number(stretch.toFixed(4)));

        await tab.goto(`${server.address}/batches`);
        await tab.click('a[href^="/batch/"]');
        await tab.goto(`${tab.url().split('?')[0]}?show=all`);
        const sides = await tab.evaluate(() => [
            document.querySelector('svg.thumb image'),
            document.querySelector('svg.thumb'),
        ].map((at) => {
            const { width: w, height: h } = at.getBoundingClientRect();
            return h / w;
        }));
        await picture(tab, 'fax-sheet');
        for (const side of sides)
            assert.ok(Math.abs(side - height * stretch / width) < 0.02,
                `${side} times as high as wide`);
    });
