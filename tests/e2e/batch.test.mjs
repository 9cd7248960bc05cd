// SPDX-License-Identifier: MIT
// Batches in every form, the same bytes again, and a new scan of a page.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
    cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { makeArchive, samples, tempDir, tinyScan } from './tefter.mjs';

function makeFolder(dir, names, first = 1) {
    names.forEach((name, i) => {
        mkdirSync(join(dir, name, '..'), { recursive: true });
        writeFileSync(join(dir, name), tinyScan(first + i));
    });
    return dir;
}

function mastersOf(run) {
    return readdirSync(join(run.dir, 'store'), { recursive: true })
        .filter((name) => name.endsWith('.tif'));
}

const show = (run, batch) => run('batch', 'show', batch, '--json').json();
const pagesOf = (run, volume) =>
    run('volume', 'show', volume, '--json').json().pages;

function pack(archive, dir, top) {
    const commands = {
        tar: ['tar', '-C', dir, '-cf', archive, top],
        'tar.gz': ['tar', '-C', dir, '-czf', archive, top],
    };
    const end = archive.replace(/^[^.]*\./, '');
    const [program, ...args] = commands[end];
    const r = spawnSync(program, args);
    assert.equal(r.status, 0, String(r.stderr));
}

describe('forms of a batch', () => {
    test('a folder and its tar are one batch', (t) => {
        const run = makeArchive(t);
        const dir = tempDir(t);
        makeFolder(join(dir, 'box-12'), ['v1/1.tif', 'v1/2.tif', 'v2/1.tif']);
        const first = run('ingest', join(dir, 'box-12'), '--json');
        assert.equal(first.status, 0, first.stderr);
        const [{ batch }] = first.json().batches;
        for (const end of ['tar', 'tar.gz']) {
            const archive = join(dir, `upload.${end}`);
            pack(archive, dir, 'box-12');
            const again = run('ingest', archive, '--json');
            assert.equal(again.status, 0, again.stderr);
            assert.equal(again.json().batches[0].batch, batch);
            assert.equal(again.json().batches[0].known, true);
        }
    });

    test('a bag goes all the way; an altered page of it is set aside', (t) => {
        const run = makeArchive(t);
        const bag = join(tempDir(t), 'box-13');
        makeFolder(bag, ['data/1.tif', 'data/2.tif', 'data/3.tif']);
        writeFileSync(join(bag, 'bagit.txt'),
            'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n');
        writeFileSync(join(bag, 'manifest-sha512.txt'), [1, 2, 3].map((n) =>
            createHash('sha512').update(readFileSync(join(bag, `data/${n}.tif`)))
                .digest('hex') + `  data/${n}.tif\n`).join(''));
        writeFileSync(join(bag, 'data/2.tif'), tinyScan(99));
        const r = run('digitize', bag, '--json');
        assert.equal(r.status, 3, r.stderr);
        const shown = show(run, r.json().batches[0].batch);
        assert.equal(shown.pages.packed, 2);
        const [bad] = shown.file_list.filter((f) => f.verdict === 'reject');
        assert.equal(bad.file, '2.tif');
        assert.match(JSON.stringify(bad), /manifest-sha512.txt:2: .*has the digest/);
        assert.deepEqual(pagesOf(run, 'odesos/family-register/box-13')
            .map((p) => p.page.slice(-4)), ['0001', '0003']);
    });

    test('the archive itself is none, nor a folder that it lies in', (t) => {
        const run = makeArchive(t);
        for (const folder of ['', 'store', 'staging', '..']) {
            const r = run('ingest', join(run.dir, folder));
            assert.equal(r.status, 2);
            assert.match(r.stderr, /the archive's own files/);
        }
    });

    test('a hostile archive is refused, the next batch goes on', (t) => {
        const run = makeArchive(t);
        const dir = tempDir(t);
        makeFolder(join(dir, 'good'), ['1.tif']);
        makeFolder(join(dir, 'x'), ['1.tif']);
        const archive = join(dir, 'bad.tar');
        const r = spawnSync('tar', ['-C', join(dir, 'x'), '-cf', archive,
            '--transform', 's,^,../,', '1.tif'], { encoding: 'utf8' });
        assert.equal(r.status, 0, r.stderr);
        const out = run('ingest', archive, join(dir, 'good'), '--json');
        assert.equal(out.status, 3, out.stderr);
        assert.match(out.stderr, /refused for its entry "\.\.\/1\.tif"/);
        assert.equal(out.json().batches[1].pages.received, 1);
    });
});

describe('a batch given with the wrong series', () => {
    test('is given up before it is read, and given again', (t) => {
        const run = makeArchive(t);
        const dir = makeFolder(join(tempDir(t), 'a'), ['1.tif', '2.tif']);
        const give = (...options) => {
            const r = run('ingest', ...options, dir, '--json');
            assert.equal(r.status, 0, r.stderr);
            return r.json().batches[0];
        };
        const wrong = give('--series', 'technical');
        assert.equal(give('--series', 'technical').batch, wrong.batch);
        const r = run('batch', 'discard', wrong.batch);
        assert.equal(r.status, 0, r.stderr);
        const [left] = run('batch', 'list', '--json').json();
        assert.deepEqual([left.batch, left.refused, left.state],
            [null, wrong.batch, 'given-up']);
        // what was acknowledged is not lost
        for (const name of ['1.tif', '2.tif'])
            assert.deepEqual(
                readFileSync(join(run.dir, 'quarantine', wrong.batch, name)),
                readFileSync(join(dir, name)));
        const right = give('--series', 'local-tax');
        assert.notEqual(right.batch, wrong.batch);
        assert.equal(run('work').status, 0);
        assert.equal(pagesOf(run, 'odesos/local-tax/a').length, 2);
        // the same as at first may be given again, too: it is known elsewhere
        const again = run('ingest', '--series', 'technical', dir, '--json');
        assert.equal(again.status, 3);
        assert.match(JSON.stringify(again.json()), /odesos\/local-tax\/a/);
    });

    test('is not given up once pages of it are kept', (t) => {
        const run = makeArchive(t);
        const dir = makeFolder(join(tempDir(t), 'a'), ['1.tif']);
        assert.equal(run('digitize', dir).status, 0);
        const [{ batch }] = run('batch', 'list', '--json').json();
        assert.match(run('batch', 'discard', batch).stdout, /^0 pages given up/);
        assert.equal(pagesOf(run, 'odesos/family-register/a').length, 1);
    });
});

describe('a page that comes late', () => {
    test('is held against those staged, and those stored', (t) => {
        const run = makeArchive(t);
        const dir = tempDir(t);
        const give = (name, files) => {
            const rows = files.map(([, page]) => `${page}.tif,v,${page}`);
            mkdirSync(join(dir, name));
            files.forEach(([bytes, page]) =>
                writeFileSync(join(dir, name, `${page}.tif`), bytes));
            writeFileSync(join(dir, name, 'batch.csv'),
                ['file,volume,page', ...rows, ''].join('\n'));
            const r = run('ingest', join(dir, name), '--json');
            assert.equal(r.status, 0, r.stderr);
            return JSON.stringify(show(run, r.json().batches[0].batch));
        };
        // By itself a picture of 64 pixels is nobody's page.
        assert.doesNotMatch(give('alone', [[tinyScan(1), 90]]), /quality-size/);
        const pages = ['1938-012-002', '1938-012-003', '1957-034-001',
            '1957-034-003', '1957-034-004'].map((name, i) =>
            [readFileSync(join(samples, `${name}.tif`)), i + 1]);
        assert.doesNotMatch(give('first', pages), /quality-size/);
        assert.match(give('late', [[tinyScan(2), 91]]), /quality-size/);
        assert.equal(run('work').status, 0);
        assert.match(give('later', [[tinyScan(3), 92]]), /quality-size/);
    });
});

describe('the same bytes again', () => {
    test('are recognised in another volume, and kept once', (t) => {
        const run = makeArchive(t);
        const dir = tempDir(t);
        makeFolder(join(dir, 'a'), ['1.tif', '2.tif']);
        assert.equal(run('digitize', join(dir, 'a')).status, 0);
        cpSync(join(dir, 'a'), join(dir, 'b'), { recursive: true });
        const r = run('digitize', join(dir, 'b'), '--json');
        assert.equal(r.status, 3, r.stderr);
        const [batch] = r.json().batches;
        assert.equal(batch.pages.repeated, 2);
        assert.match(batch.open_pages[0].reason,
            /very bytes are page odesos\/family-register\/a\/0001 already/);
        assert.equal(mastersOf(run).length, 2);

        // allowed for one page, given up for the other
        const again = run('batch', 'retry', '--allow-duplicates', batch.batch,
            'odesos/family-register/b/0002');
        assert.equal(again.status, 0, again.stderr);
        // the other still waits for a word
        assert.equal(run('work').status, 3);
        assert.deepEqual(pagesOf(run, 'odesos/family-register/b')
            .map((p) => p.page.slice(-4)), ['0002']);
        assert.equal(run('batch', 'discard', batch.batch).status, 0);
        assert.equal(show(run, batch.batch).pages.discarded, 1);
        assert.equal(run('verify').status, 0);
    });

    test('are recognised in one batch, and taken when that is allowed', (t) => {
        const run = makeArchive(t);
        const dir = tempDir(t);
        makeFolder(join(dir, 'a'), ['1.tif', '2.tif']);
        cpSync(join(dir, 'a/1.tif'), join(dir, 'a/3.tif'));
        const r = run('ingest', join(dir, 'a'), '--json');
        assert.equal(r.status, 3, r.stderr);
        const [batch] = r.json().batches;
        assert.equal(batch.pages.received, 2);
        assert.match(batch.open_pages[0].reason, /0001 already \(the file 1.tif\)/);
        // the same command again, with the permission
        const again = run('digitize', '--allow-duplicates', join(dir, 'a'), '--json');
        assert.equal(again.status, 0, again.stderr);
        assert.equal(again.json().batches[0].pages.packed, 3);
    });

    test('are recognised while the first ones wait, and at once when allowed', (t) => {
        const run = makeArchive(t);
        const dir = tempDir(t);
        makeFolder(join(dir, 'a'), ['1.tif']);
        makeFolder(join(dir, 'b'), ['1.tif']);
        makeFolder(join(dir, 'c'), ['1.tif']);
        assert.equal(run('ingest', join(dir, 'a')).status, 0);
        const b = run('ingest', join(dir, 'b'), '--json');
        assert.equal(b.status, 3, b.stderr);
        assert.match(b.json().batches[0].open_pages[0].reason, /of batch a-/);
        const c = run('ingest', '--allow-duplicates', join(dir, 'c'), '--json');
        assert.equal(c.status, 0, c.stderr);
        assert.equal(c.json().batches[0].pages.received, 1);
    });

    test('are recognised when the queue was lost', (t) => {
        const run = makeArchive(t);
        const dir = tempDir(t);
        makeFolder(join(dir, 'a'), ['1.tif']);
        makeFolder(join(dir, 'b'), ['1.tif']);
        assert.equal(run('digitize', join(dir, 'a')).status, 0);
        for (const end of ['', '-wal', '-shm'])
            rmSync(join(run.dir, `queue.sqlite${end}`), { force: true });
        assert.equal(run('digitize', join(dir, 'b')).status, 3);
        assert.equal(mastersOf(run).length, 1);
    });
});

test('blank pages of the same bytes are pages each, and it is said', (t) => {
    const run = makeArchive(t);
    const dir = tempDir(t), blank = join(samples, '1957-034-004.tif');
    for (const name of ['v1/1.tif', 'v1/2.tif', 'v2/1.tif']) {
        mkdirSync(join(dir, 'b', name, '..'), { recursive: true });
        cpSync(blank, join(dir, 'b', name));
    }
    const r = run('digitize', join(dir, 'b'), '--json');
    assert.equal(r.status, 0, r.stderr);
    const [{ batch, pages }] = r.json().batches;
    assert.equal(pages.packed, 3);
    const [first, ...others] = show(run, batch).page_list;
    assert.equal(first.reason, '');
    for (const page of others)
        assert.match(page.reason, /blank, with the very bytes of page \S+v1\/0001.*page of its own/);
    // once in the package of each volume
    assert.equal(mastersOf(run).length, 2);
});

test('a contact sheet that cannot be made destroys none that is there', (t) => {
    const run = makeArchive(t);
    const dir = makeFolder(tempDir(t), ['box/1.tif']);
    const [{ batch }] = run('digitize', join(dir, 'box'), '--json').json().batches;
    const file = join(dir, 'sheet.html');
    assert.equal(run('batch', 'show', batch, '--html', '-o', file).status, 0);
    const sheet = readFileSync(file, 'utf8');
    assert.match(sheet, /^<!DOCTYPE html>/i);
    rmSync(join(run.dir, 'reports', batch), { recursive: true });
    assert.equal(run('batch', 'show', batch, '--html', '-o', file).status, 1);
    assert.equal(readFileSync(file, 'utf8'), sheet);
    assert.deepEqual(readdirSync(dir).sort(), ['box', 'sheet.html']);
});

describe('a new scan of a page', () => {
    const volume = 'odesos/family-register/box';

    function begin(t) {
        const run = makeArchive(t);
        const dir = tempDir(t);
        mkdirSync(join(dir, 'box'));
        cpSync(join(samples, '1962-005-002.tif'), join(dir, 'box/1.tif'));
        cpSync(join(samples, '1979-107-002.tif'), join(dir, 'box/2.tif'));
        const r = run('digitize', join(dir, 'box'));
        assert.equal(r.status, 0, r.stderr);
        return { run, dir };
    }

    test('takes its place: found, shown, verified; the old one stays', (t) => {
        const { run, dir } = begin(t);
        const [before] = pagesOf(run, volume);
        const scan = join(samples, '1938-012-003.tif');
        const text = () => run('page', 'show', `${volume}/0001`, '--text').stdout;
        const old = text();
        const r = run('digitize', '--replace', `${volume}/0001`, scan, '--json');
        assert.equal(r.status, 0, r.stderr);
        assert.equal(r.json().batches[0].pages.packed, 1);
        const [page, other] = pagesOf(run, volume);
        assert.equal(page.page, before.page);
        assert.equal(page.original_name, '1938-012-003.tif');
        assert.equal(other.original_name, '2.tif');
        assert.notEqual(text(), old);
        assert.equal(run('verify').status, 0);
        const words = text().match(/\p{L}{7,}/gu);
        assert.ok(words.some((word) => run('search', '--volume', volume, word,
            '--json').json().hits.some((h) => h.page === page.page)));
        const kept = mastersOf(run).map((m) => readFileSync(join(run.dir, 'store', m)));
        for (const path of [join(dir, 'box/1.tif'), scan])
            assert.ok(kept.some((k) => k.equals(readFileSync(path))), path);
        const shown = run('page', 'show', `${volume}/0001`, '--json').json();
        assert.equal(shown.earlier.length, 1);
        assert.equal(shown.earlier[0].original_name, '1.tif');
        assert.ok(readFileSync(shown.earlier[0].file)
            .equals(readFileSync(join(dir, 'box/1.tif'))));
        // who gave it, and that it took its place, is in the trail
        const told = run('audit', 'list', '--about', page.page, '--json').json()
            .filter((e) => ['rescan', 'scan-replaced'].includes(e.kind));
        const digest = (path) => createHash('sha256').update(readFileSync(path))
            .digest('hex');
        assert.deepEqual(told.map((e) => e.kind), ['rescan', 'scan-replaced']);
        for (const e of told) {
            assert.match(e.who, /^@./);
            assert.equal(e.subject, page.page);
            assert.ok(e.detail.startsWith(`batch=${r.json().batches[0].batch} `), e.detail);
            assert.ok(e.detail.endsWith(`sha256=${digest(scan)} ` +
                `instead-of=${digest(join(dir, 'box/1.tif'))}`), e.detail);
        }
        assert.equal(run('audit', 'verify').status, 0);
        // a rebuilt catalogue says the same
        assert.equal(run('reindex').status, 0);
        assert.deepEqual(pagesOf(run, volume)[0], page);
    });

    test('is offered when another scan comes for a held page', (t) => {
        const { run, dir } = begin(t);
        mkdirSync(join(dir, 'again/box'), { recursive: true });
        cpSync(join(samples, '1938-012-003.tif'), join(dir, "again/box/it's 1.tif"));
        const r = run('digitize', join(dir, 'again'), '--json');
        assert.equal(r.status, 3, r.stderr);
        const { reason } = r.json().batches[0].open_pages[0];
        const command = reason.match(/tefter (ingest --replace \S+ '.*'); to keep/)[1];
        // exactly this command works, in a shell
        const shell = spawnSync('sh', ['-c', `"$TEFTER" --archive "$0" ${command}`,
            run.dir], { encoding: 'utf8' });
        assert.equal(shell.status, 0, shell.stderr + shell.stdout);
        assert.equal(run('work').status, 0);
        assert.equal(pagesOf(run, volume)[0].original_name, "box~it's 1.tif");
        assert.equal(run('verify').status, 0);
    });

    test('several at once; back to the first; the same twice; none there', (t) => {
        const { run, dir } = begin(t);
        makeFolder(dir, ['x.tif', 'y.tif'], 500);
        const args = ['--replace', `${volume}/0001`, join(dir, 'x.tif'), join(dir, 'y.tif')];
        assert.equal(run('digitize', ...args).status, 0);
        assert.deepEqual(pagesOf(run, volume).map((p) => p.original_name),
            ['x.tif', 'y.tif']);
        // again: they are there already
        const same = run('digitize', ...args, '--json');
        assert.equal(same.status, 0, same.stderr);
        assert.equal(same.json().batches[0].pages.duplicate, 2);
        // the first scan after all, and then the other again
        for (const name of ['box/1.tif', 'x.tif', 'box/1.tif'])
            assert.equal(run('digitize', '--replace', `${volume}/0001`,
                join(dir, name)).status, 0, name);
        assert.equal(pagesOf(run, volume)[0].original_name, '1.tif');
        assert.equal(run('verify').status, 0);
        const none = run('digitize', '--replace', `${volume}/0009`, join(dir, 'x.tif'));
        assert.equal(none.status, 1);
        assert.match(none.stderr, /there is no page .*0009/);
        assert.equal(run('digitize', '--replace', 'page 1', join(dir, 'x.tif')).status, 2);
        const many = run('digitize', '--replace', `${volume}/0002`,
            join(dir, 'x.tif'), join(dir, 'y.tif'));
        assert.equal(many.status, 2);
        assert.match(many.stderr, /has only 1 pages/);
    });

    test('of a page that is not kept yet: what is wanting is said', (t) => {
        const run = makeArchive(t);
        const dir = makeFolder(tempDir(t), ['box/1.tif', 'new.tif']);
        assert.equal(run('ingest', join(dir, 'box')).status, 0);
        const again = ['ingest', '--replace', `${volume}/0001`, join(dir, 'new.tif')];
        const early = run(...again);
        assert.equal(early.status, 1);
        assert.match(early.stderr, /0001 waits in batch box-\S+ and is not kept yet; `tefter work`/);
        assert.equal(run('work').status, 0);
        assert.equal(run(...again).status, 0);
    });

    test('may come in a batch, by the column replace', (t) => {
        const { run, dir } = begin(t);
        makeFolder(join(dir, 'more'), ['r.tif', 'n.tif', 'z.tif'], 700);
        writeFileSync(join(dir, 'more/batch.csv'), 'file,volume,page,replace\n' +
            'r.tif,box,2,yes\nn.tif,box,3,\nz.tif,box,9,yes\n');
        const r = run('digitize', join(dir, 'more'), '--json');
        assert.equal(r.status, 3, r.stderr);
        assert.match(r.json().batches[0].open_pages[0].reason, /no such page/);
        assert.deepEqual(pagesOf(run, volume).map((p) => p.original_name),
            ['1.tif', 'r.tif', 'n.tif']);
        assert.equal(run('verify').status, 0);
    });
});
