// SPDX-License-Identifier: MIT
// The command line as an operator and an administrator use it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
    appendFileSync, chmodSync, copyFileSync, cpSync, mkdirSync, openSync,
    readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import {
    boxIsOn, makeArchive, program, root, samples, tefter, tempDir, truthOf,
    truthWords,
} from './tefter.mjs';

// One small bitonal sample page, as a batch of its own.
function smallBatch(dir, names = ['1979-107-002.tif']) {
    mkdirSync(dir, { recursive: true });
    for (const name of names) copyFileSync(join(samples, name), join(dir, name));
    return dir;
}

// Every file below a folder, relative.
function tree(dir, below = '') {
    return readdirSync(join(dir, below), { withFileTypes: true }).flatMap((e) =>
        e.isDirectory() ? tree(dir, join(below, e.name)) : [join(below, e.name)]);
}

describe('the main job on samples/', () => {
    let run;
    let outcome;
    // One archive for all tests of this block: digitizing takes a while.
    test('digitize takes, reads, keeps and indexes every page', (t) => {
        run = makeArchive({ after: (f) => process.on('exit', f) });
        const r = run('digitize', samples, '--json');
        assert.equal(r.status, 0, r.stderr);
        outcome = r.json();
        assert.equal(outcome.batches[0].pages.packed, 11);
        assert.equal(outcome.costs.pages_read, 11);
    });

    test('the same batch again does nothing twice', () => {
        const r = run('digitize', samples, '--json');
        assert.equal(r.status, 0, r.stderr);
        assert.equal(r.json().costs.pages_read, 0);
        assert.equal(run('volume', 'list', '--json').json().length, 4);
    });

    test('staging is empty and masters are byte for byte those received', () => {
        assert.deepEqual(tree(join(run.dir, 'staging'))
            .filter((name) => !name.startsWith('.')), []);
        const kept = tree(join(run.dir, 'store'))
            .filter((name) => name.endsWith('.tif'))
            .map((name) => readFileSync(join(run.dir, 'store', name)));
        for (const name of readdirSync(samples).filter((n) => n.endsWith('.tif'))) {
            const bytes = readFileSync(join(samples, name));
            assert.equal(kept.filter((k) => k.equals(bytes)).length, 1, name);
        }
    });

    test('words of the truth are found, with their box on the word', () => {
        const volumes = run('volume', 'list', '--json').json();
        assert.equal(volumes.length, 4);
        for (const { volume } of volumes) {
            const { pages } = run('volume', 'show', volume, '--json').json();
            for (const { page, original_name, blank } of pages) {
                const stem = original_name.replace(/\.tif$/, '');
                const truth = truthOf(join(root, `samples/truth/${stem}.json`));
                assert.equal(blank, truth.blank, page);
                if (!truth.blank) assertFound(run, page, truth);
            }
        }
    });

    test('a rotated page is turned, a straight one is not', () => {
        const turns = run('volume', 'list', '--json').json().flatMap(({ volume }) =>
            run('volume', 'show', volume, '--json').json().pages);
        for (const { original_name, turn_cw_deg } of turns) {
            const stem = original_name.replace(/\.tif$/, '');
            const truth = truthOf(join(root, `samples/truth/${stem}.json`));
            if (!truth.blank)
                assert.equal((turn_cw_deg + truth.turned_deg) % 360, 0, stem);
        }
    });

    test('a role finds only what it may see', () => {
        const found = (role, query) =>
            run('search', '--role', role, query, '--json').json().total;
        assert.ok(found('clerk', 'корабостроител') > 0);
        assert.equal(found('bank', 'корабостроител'), 0);
        assert.equal(found('public', 'корабостроител'), 0);
        assert.equal(found('auditor', 'корабостроител'), 0);
        assert.ok(found('clerk', 'ледарница') > 0);
    });

    test('personal numbers are covered for who has not opened the page', () => {
        const shown = (...role) => run('search', ...role, 'Кюркчиева', '--json')
            .stdout.match(/\b(111111....)/)?.[1];
        assert.equal(shown(), '1111111110');
        assert.equal(shown('--role', 'clerk'), '1111111110');
        for (const role of ['notary', 'bank', 'bailiff'])
            assert.equal(shown('--role', role), '111111****', role);
    });

    test('the public finds what is published, and nothing else', () => {
        const total = () => run('search', '--role', 'public', 'ледарница',
            '--json').json().total;
        const volume = 'primorski/technical/1962-005';
        assert.equal(total(), 0);
        assert.equal(run('volume', 'publish', 'primorski/technical/none').status, 1);
        assert.equal(run('volume', 'publish', volume).status, 0);
        assert.deepEqual(run('volume', 'published', '--json').json(), [{ volume }]);
        assert.ok(total() > 0);
        assert.equal(run('volume', 'withdraw', volume).status, 0);
        assert.equal(run('volume', 'withdraw', volume).status, 1);
        assert.equal(total(), 0);
        assert.equal(run('volume', 'publish', volume).status, 0);
        assert.deepEqual(run('audit', 'list', '--about', volume, '--json').json()
            .map((e) => e.kind).filter((kind) => !['search', 'open'].includes(kind)),
        ['published', 'withdrawn', 'published']);
    });

    test('rights are changed, the trail says so, and an alteration is found', (t) => {
        const dir = join(tempDir(t), 'copy');
        cpSync(run.dir, dir, { recursive: true });
        const at = (...args) => tefter('--archive', dir, ...args);
        const total = () => JSON.parse(at('search', '--role', 'public',
            'ледарница', '--json').stdout).total;
        assert.ok(total() > 0);
        assert.equal(at('role', 'revoke', 'public', 'technical', 'search', 'published').status, 0);
        assert.equal(total(), 0);
        assert.equal(at('role', 'revoke', 'public', 'technical', 'search', 'published').status, 1);
        assert.equal(at('role', 'grant', 'public', 'technical', 'sell').status, 2);
        assert.equal(at('role', 'grant', 'public', 'technical', 'search').status, 0);
        assert.ok(total() > 0);
        const kinds = JSON.parse(at('audit', 'list', '--about', 'public',
            '--json').stdout).map((e) => e.kind)
            .filter((kind) => kind !== 'search'); // as that role, by us
        assert.deepEqual(kinds, ['right-revoked', 'right-granted']);
        assert.equal(at('audit', 'verify').status, 0);
        // A right that nobody granted, and a publication that nobody withdrew.
        const byHand = (sql) => {
            const altered = spawnSync('sqlite3', [join(dir, 'access.sqlite'), sql],
                { encoding: 'utf8' });
            assert.equal(altered.status, 0, altered.stderr);
        };
        byHand("INSERT INTO rights VALUES ('public', '*', 'view', '')");
        byHand("INSERT INTO published VALUES ('a/b/c', 'b', 1)");
        const planted = at('audit', 'verify', '--json');
        assert.equal(planted.status, 4);
        assert.deepEqual(planted.json().faults.map((f) => [f.table, f.expected, f.found]),
            [['rights', '', 'public view *'], ['published', '', 'a/b/c in b']]);
        assert.match(planted.stderr, /2 rows of access\.sqlite are not as it tells/);
        assert.match(at('audit', 'verify').stdout,
            /^rights\tpublic view \*\tno entry of the audit trail accounts for it$/m);
        byHand("DELETE FROM rights WHERE action = 'view' AND role = 'public' AND series = '*'");
        byHand('DELETE FROM published');
        const gone = at('audit', 'verify', '--json').json().faults;
        assert.ok(gone.length > 0 && gone.every((f) => f.table === 'published' && f.found === ''));
        for (const f of gone)
            byHand(`INSERT INTO published VALUES ('${f.expected.split(' ')[0]}', '${f.expected.split(' ')[2]}', 1)`);
        assert.equal(at('audit', 'verify').status, 0);
        const key = at('audit', 'heads').stdout.match(/^key\t([0-9a-f]{64})\n/)[1];
        assert.equal(at('audit', 'verify', '--key', key).status, 0);
        assert.equal(at('audit', 'verify', '--key', '0'.repeat(64)).status, 4);
        // A new key beside the database: what it signs is not what was signed.
        writeFileSync(join(dir, 'access.sqlite-audit-key'), 'x'.repeat(32));
        const r = at('audit', 'verify');
        assert.equal(r.status, 4);
        assert.match(r.stderr, /the last, is not as it was signed by this key/);
    });

    test('a word to be left out is typed with a dash, as --help says', () => {
        const total = (...words) => {
            const r = run('search', '--json', ...words);
            assert.equal(r.status, 0, r.stderr);
            return r.json().total;
        };
        const both = total('Варна');
        const without = total('Варна', '-Одесос');
        assert.ok(without > 0 && without < both, `${without} of ${both}`);
        assert.equal(total('-Одесос', 'Варна'), without);
        assert.equal(total('--', 'Варна', '-Одесос'), without);
        assert.equal(run('search', 'Варна', '-j', '-n', '1').json().hits.length, 1);
        const help = run('search', '--help').stdout;
        assert.match(help, /-word: without it/);
        assert.match(help, /Without words: every page/);
        assert.equal(run('search', '--json').json().total, 11);
    });

    test('an answer that cannot be written is a failure', () => {
        const page = 'primorski/technical/1962-005/0001';
        for (const what of ['--alto', '--text', '--json']) {
            const r = spawnSync(program, ['--archive', run.dir, 'page', 'show',
                page, what], { stdio: ['ignore', openSync('/dev/full', 'w'),
                'pipe'], encoding: 'utf8' });
            assert.equal(r.status, 1, what);
            assert.match(r.stderr, /cannot write/);
        }
    });

    test('who may only read verifies, and is shown nothing that cannot be noted', (t) => {
        const dir = join(tempDir(t), 'copy');
        cpSync(run.dir, dir, { recursive: true });
        // root may write whatever the modes say: then it is nobody who asks.
        const other = process.getuid() === 0 ? { uid: 65534, gid: 65534 } : {};
        chmodSync(join(dir, '..'), 0o755);
        chmodSync(dir, 0o555);
        chmodSync(join(dir, 'access.sqlite'), 0o400);
        const ask = (...args) => spawnSync(program, ['--archive', dir, ...args],
            { encoding: 'utf8', ...other });
        const first = ask('volume', 'list');
        if (first.error) {
            t.skip(`the program cannot be run as another: ${first.error}`);
            return;
        }
        const page = 'primorski/technical/1962-005/0001';
        for (const words of [['volume', 'list'], ['search', 'Варна'], ['page', 'show', page],
            ['page', 'show', page, '--text'], ['records', 'odesos/family-register/1938-012'],
            ['export', page, join(dir, '../out.pdf'), '--as', 'pdf']]) {
            const r = ask(...words);
            assert.equal(r.status, 1, words.join(' '));
            assert.equal(r.stdout, '', words.join(' '));
            assert.match(r.stderr, /is noted in .*access.sqlite, and you may not write there/);
        }
        assert.equal(ask('verify').status, 0);
        chmodSync(dir, 0o755);
    });

    test('who has an account here sees what its role may see whole', (t) => {
        if (process.getuid() !== 0) { // nobody else is another by sudo
            t.skip('is not root');
            return;
        }
        const dir = join(tempDir(t), 'copy');
        cpSync(run.dir, dir, { recursive: true });
        const done = (...args) => {
            const r = tefter('--archive', dir, ...args);
            assert.equal(r.status, 0, r.stderr);
            return r;
        };
        const ask = (...args) => spawnSync(program, ['--archive', dir, ...args],
            { encoding: 'utf8', env: { ...process.env, SUDO_USER: 'nobody' } });
        const register = 'odesos/family-register/1938-012';
        const [page] = done('volume', 'show', register, '--json').json().pages
            .filter((p) => JSON.parse(done('records', register, '--page',
                String(p.number), '--json').stdout).length > 0).map((p) => p.page);
        const number = String(Number(page.slice(-4)));
        const found = (...args) => JSON.parse(ask('search', '--limit', '100', '--json', ...args).stdout)
            .hits.map((h) => h.page);
        const shown = (...args) => ask(...args).status === 0;

        done('account', 'add', 'chief', '--role', 'clerk');
        done('account', 'user-bind', 'chief', 'nobody');
        assert.ok(found('--volume', register).includes(page));
        assert.ok(shown('page', 'show', page, '--text'));
        assert.ok(shown('records', register, '--page', number));
        assert.ok(shown('export', register, join(dir, '../1.pdf'), '--as', 'pdf'));
        // A package as it is kept, and another role's eyes, are not his.
        for (const words of [['export', register, join(dir, '../bag')],
            ['export', register, join(dir, '../ocfl'), '--as', 'ocfl']])
            assert.match(ask(...words).stderr, /needs the right 'admin'/);
        assert.ok(shown('search', 'Варна', '--role', 'public'));
        assert.match(ask('search', 'Варна', '--role', 'notary').stderr,
            /only an administrator looks as notary/);
        // A restricted page is not there for a role that may not see such.
        done('role', 'revoke', 'clerk', '*', 'restricted');
        done('page', 'restrict', page, 'осиновяване');
        assert.ok(!found('--volume', register).includes(page));
        for (const words of [['page', 'show', page], ['page', 'show', page, '--text'],
            ['page', 'show', page, '--alto'], ['records', register, '--page', number],
            ['export', page, join(dir, '../2.pdf'), '--as', 'pdf'],
            ['export', page, join(dir, '../3.pdf'), '--as', 'pdf', '--role', 'admin']])
            assert.ok(!shown(...words), words.join(' '));
        assert.ok(!ask('records', register, '--json').stdout.includes(page));
        // Nor are series that his role sees under a condition alone.
        done('role', 'revoke', 'clerk', '*', 'view');
        done('role', 'grant', 'clerk', 'technical', 'view');
        assert.ok(!shown('page', 'show', `${register}/0001`, '--text'));
        assert.ok(!shown('records', register));
        assert.ok(!shown('export', register, join(dir, '../4.pdf'), '--as', 'pdf'));
        done('role', 'revoke', 'clerk', 'technical', 'view');
        assert.match(ask('search', 'Варна').stderr,
            /needs the right 'view' without a condition/);
        done('audit', 'verify');
    });

    test('page show gives record, text, ALTO and picture', (t) => {
        const page = 'primorski/technical/1962-005/0001';
        assert.equal(run('page', 'show', page, '--json').json().page, page);
        assert.match(run('page', 'show', page, '--text').stdout, /ледарница/);
        assert.match(run('page', 'show', page, '--alto').stdout,
            /<alto .*ns-v4#/s);
        const png = join(tempDir(t), 'page.png');
        assert.equal(run('page', 'show', page, '--image', png).status, 0);
        assert.equal(readFileSync(png).subarray(1, 4).toString(), 'PNG');
    });

    test('what is read at the command line is in the trail', () => {
        const volume = 'primorski/technical/1962-005';
        const since = run('audit', 'list', '--json').json().length;
        assert.equal(run('search', 'ледарница', '--role', 'clerk').status, 0);
        assert.equal(run('search', '--suggest', 'ледар').status, 0);
        assert.equal(run('search', '--suggest', 'ледарниц').status, 0);
        assert.equal(run('volume', 'show', volume).status, 0);
        assert.equal(run('page', 'show', `${volume}/0001`).status, 0);
        assert.equal(run('page', 'show', `${volume}/0001`, '--text').status, 0);
        assert.equal(run('page', 'show', `${volume}/9999`).status, 1);
        assert.equal(run('records', volume).status, 0);
        assert.equal(run('records', volume, '--page', '1').status, 0);
        const noted = run('audit', 'list', '--json').json().slice(since);
        assert.deepEqual(noted.map((e) => [e.kind, e.subject]), [
            ['search', ''], ['suggest', 'лед'], ['open', volume],
            ['open', `${volume}/0001`], ['open', `${volume}/0001`],
            ['open', volume], ['open', `${volume}/0001`],
        ]);
        assert.match(noted[0].who, /^@/);
        assert.match(noted[0].detail, new RegExp(
            `^total=2 shown: .*${volume}/0001 asked: ледарница role=clerk$`));
        assert.match(noted[1].detail, /^ледар suggested: ледарница/);
        assert.equal(run('audit', 'verify').status, 0);
        assert.equal(run('ledger', 'verify').status, 0);
    });

    test('verify finds the store whole, and says what was harmed', () => {
        assert.equal(run('verify').status, 0);
        const store = join(run.dir, 'store');
        const name = tree(store).find((n) => n.endsWith('data/0001.xml'));
        const path = join(store, name);
        const bytes = readFileSync(path);
        chmodSync(path, 0o644);
        appendFileSync(path, ' ');
        const r = run('verify', '--json');
        assert.equal(r.status, 4);
        // Once, as a fault of its volume, and each file is read once.
        assert.deepEqual(r.json().faults.map((f) => f.kind), ['altered']);
        assert.match(r.json().faults[0].volume, /^[^/]+\/[^/]+\/[^/]+$/);
        const content = tree(store).filter((n) => n.includes('/content/'));
        assert.equal(r.json().files, content.length);
        assert.equal(r.json().volumes, 4);
        const plain = run('verify', '--ocfl', store, '--json');
        assert.equal(plain.status, 4);
        assert.deepEqual(plain.json().faults.map((f) => [f.kind, f.code]),
            [['altered', 'E092']]);
        writeFileSync(path, bytes);
        assert.equal(run('verify').status, 0);
        // As any OCFL folder: the whole root, and one object of it.
        assert.equal(run('verify', '--ocfl', store).status, 0);
        const object = join(store, name.slice(0, name.indexOf('/v1/')));
        assert.equal(run('verify', '--ocfl', object).status, 0);
    });

    test('verify checks a bag from elsewhere, and tells every fault', (t) => {
        const bag = tempDir(t);
        mkdirSync(join(bag, 'data'));
        const put = (name, text) => writeFileSync(join(bag, name), text);
        put('bagit.txt', 'BagIt-Version: 1.0\n'
            + 'Tag-File-Character-Encoding: UTF-8\n');
        put('data/hello.txt', 'hello\n');
        put('manifest-md5.txt',
            'b1946ac92492d2347c6235b4d2611184  data/hello.txt\n');
        assert.equal(run('verify', '--bagit', bag).status, 0);
        put('data/hello.txt', 'hallo\n');
        put('data/more.txt', 'more\n');
        const r = run('verify', '--bagit', bag, '--json');
        assert.equal(r.status, 4);
        assert.deepEqual(r.json().faults.map((f) => [f.kind, f.code, f.path]),
            [['altered', 'BAG8', 'data/hello.txt'],
                ['extra', 'BAG7', 'data/more.txt']]);
        assert.equal(run('verify', '--bagit', join(bag, 'none')).status, 1);
        assert.equal(run('verify', '--bagit', bag, '--ocfl', bag).status, 2);
    });

    test('reindex gives the same answers as before', () => {
        const ask = () => {
            const answer = run('search', 'Варна', '--json').json();
            return answer.hits.map((h) => [h.page, h.boxes]);
        };
        const before = ask();
        assert.ok(before.length > 0);
        rmSync(join(run.dir, 'catalogue.sqlite'));
        assert.equal(run('reindex').status, 0);
        assert.deepEqual(ask(), before);
    });

    test('a lost queue does no harm', () => {
        for (const end of ['', '-wal', '-shm'])
            rmSync(join(run.dir, `queue.sqlite${end}`), { force: true });
        const r = run('digitize', samples, '--json');
        assert.equal(r.status, 0, r.stderr);
        const [{ pages }] = r.json().batches;
        assert.equal(pages.duplicate, 11);
        assert.equal(run('verify').status, 0);
    });
});

function assertFound(run, page, truth) {
    const tried = [];
    for (const { word, quad } of truthWords(truth)) {
        const volume = page.replace(/\/\d+$/, '');
        const { hits } = run('search', '--volume', volume, word, '--json').json();
        const hit = hits.find((h) => h.page === page);
        if (hit && hit.boxes.some((box) => boxIsOn(box, quad))) return;
        tried.push(word);
        if (tried.length === 25) break;
    }
    assert.fail(`${page}: none of ${tried.join(', ')} is found on its place`);
}

describe('bad input', () => {
    test('each bad file is set aside with its reason, the others go on', (t) => {
        const run = makeArchive(t);
        const dir = smallBatch(join(tempDir(t), 'box'));
        writeFileSync(join(dir, 'text.tif'), 'not a picture');
        writeFileSync(join(dir, 'empty.tif'), '');
        mkdirSync(join(dir, 'folder.tif'));
        const good = readFileSync(join(samples, '1962-005-001.tif'));
        writeFileSync(join(dir, 'short.tif'), good.subarray(0, 4000));
        writeFileSync(Buffer.from(join(dir, 'new\nline.tif')), good);
        writeFileSync(Buffer.concat([Buffer.from(`${dir}/`),
            Buffer.from([0xff, 0xfe]), Buffer.from('.tif')]), good);
        const r = run('digitize', dir, '--json');
        assert.equal(r.status, 3, r.stderr);
        const [batch] = r.json().batches;
        const shown = run('batch', 'show', batch.batch, '--json').json();
        assert.equal(shown.pages.packed, 1);
        const rejected = shown.file_list.filter((f) => f.verdict === 'reject');
        assert.deepEqual(rejected.map((f) => f.file).sort(), [
            '\\xff\\xfe.tif', 'empty.tif', 'folder.tif', 'new\\nline.tif',
            'short.tif', 'text.tif'].sort());
        for (const { file, findings } of rejected)
            assert.ok(findings.some((f) => f.message.length > 10), file);
        const kept = readdirSync(join(run.dir, 'quarantine', batch.batch));
        assert.ok(kept.includes('text.tif'));
        assert.ok(kept.includes('text.tif.reason.json'));
    });

    test('an unreadable batch.csv names line and column; the next batch goes on', (t) => {
        const run = makeArchive(t);
        const dir = tempDir(t);
        const bad = smallBatch(join(dir, 'bad'));
        writeFileSync(join(bad, 'batch.csv'),
            'file,volume\n1979-107-002.tif,"1979\n');
        const good = smallBatch(join(dir, 'good'));
        const r = run('digitize', bad, good, '--json');
        assert.equal(r.status, 3, r.stderr);
        assert.match(r.stderr, /batch\.csv:\d+:\d+: /);
        assert.equal(r.json().costs.pages_read, 1);
    });

    test('a file listed and missing, and one listed twice, are said', (t) => {
        const run = makeArchive(t);
        const dir = smallBatch(join(tempDir(t), 'box'));
        writeFileSync(join(dir, 'batch.csv'), 'file,volume,page\n' +
            '1979-107-002.tif,v1,1\n1979-107-002.tif,v1,2\ngone.tif,v1,3\n');
        const r = run('ingest', dir, '--json');
        const text = JSON.stringify(r.json()) + r.stderr;
        assert.equal(r.status, 3, text);
        assert.match(text, /gone\.tif/);
    });

    test('a page number that is another scan already is set aside', (t) => {
        const run = makeArchive(t);
        const dir = tempDir(t);
        const [a, b] = ['a', 'b'].map((n) => join(dir, n, 'vol'));
        smallBatch(a);
        smallBatch(b, ['1962-005-002.tif']);
        assert.equal(run('digitize', join(dir, 'a')).status, 0);
        const r = run('digitize', join(dir, 'b'), '--json');
        assert.equal(r.status, 3, r.stderr);
        const { page_list } = run('batch', 'show', r.json().batches[0].batch,
            '--json').json();
        assert.match(page_list[0].reason, /is another scan already/);
    });

    test('order is the place among the pages that are there', (t) => {
        const run = makeArchive(t);
        const dir = smallBatch(join(tempDir(t), 'box'));
        writeFileSync(join(dir, 'bad.tif'), 'not a picture');
        writeFileSync(join(dir, 'batch.csv'), 'file,volume,page\n' +
            'bad.tif,v1,1\n1979-107-002.tif,v1,3\n');
        assert.equal(run('digitize', dir).status, 3);
        const [volume] = run('volume', 'list', '--json').json();
        const shown = run('volume', 'show', volume.volume, '--json').json();
        const { page, order, number } = shown.pages[0];
        assert.deepEqual([page.slice(-5), order, number], ['/0003', 1, 3]);
        assert.equal(run('page', 'show', page, '--json').json().order, 1);
        const mets = tree(join(run.dir, 'store')).find((name) =>
            name.endsWith('representations/master/METS.xml'));
        assert.match(readFileSync(join(run.dir, 'store', mets), 'utf8'),
            / ORDER="1"/);
        // No date was given, so no year is known.
        assert.equal(volume.year, null);
        assert.equal(run('search', '--json').json().hits[0].year, null);
        assert.equal(run('search').stdout.split('\t')[2], '');
    });

    test('numbers that are none, and options of other commands, are usage', () => {
        for (const args of [['unit', '--page-seconds', 'abc', '.'],
            ['unit', '--page-seconds', '0', '.'],
            ['unit', '--page-mebibytes', '-1', '.'],
            ['unit', '--progress-fd', '3x', '.'],
            ['init', '--json', 'x'], ['reindex', '--json']])
            assert.equal(tefter(...args).status, 2, args.join(' '));
    });

    test('words that are no command, and missing archives, are usage', () => {
        assert.equal(tefter('nonsense').status, 2);
        assert.equal(tefter().status, 2);
        assert.equal(tefter('digitize').status, 2);
        const r = tefter('--archive', '/nonexistent', 'work');
        assert.equal(r.status, 1);
        assert.match(r.stderr, /tefter init/);
        assert.equal(tefter('--version').stdout, 'tefter 0.1.0\n');
        assert.match(tefter('--help').stdout, /digitize/);
    });
});

describe('a page that cannot be read', () => {
    test('is set aside with the reason, and retried or given up', (t) => {
        const run = makeArchive(t);
        const conf = join(run.dir, 'tefter.conf');
        const settings = readFileSync(conf, 'utf8');
        const dir = smallBatch(join(tempDir(t), 'box'), ['1962-005-002.tif']);
        writeFileSync(conf, settings.replace('# page_mebibytes = 2048',
            'page_mebibytes = 40'));
        const r = run('digitize', dir, '--json');
        const id = r.json().batches[0].batch;
        assert.equal(r.status, 3, r.stderr);
        const [page] = run('batch', 'show', id, '--json').json().page_list;
        assert.equal(page.state, 'set-aside');
        assert.match(page.reason, /^1962-005-002\.tif: image 1: .* out of memory \(peak memory \d+ MiB, limit 40 MiB\); .*page_mebibytes/);
        assert.ok(readdirSync(join(run.dir, 'quarantine', id)).length >= 2);
        writeFileSync(conf, settings);
        assert.equal(run('batch', 'retry', id).status, 0);
        assert.equal(run('work').status, 0);
        assert.equal(run('batch', 'list', '--json').json()[0].pages.packed, 1);
    });
});

describe('work alone', () => {
    test('says what it set aside, and ends with 3', (t) => {
        const run = makeArchive(t);
        const dir = smallBatch(join(tempDir(t), 'box'), ['1962-005-002.tif']);
        assert.equal(run('ingest', '-l', '../x', dir).status, 2);
        assert.equal(run('ingest', '-l', 'xyz', dir).status, 0);
        const r = run('work');
        assert.equal(r.status, 3, r.stderr);
        assert.match(r.stdout, /set-aside .*1962-005-002\.tif/);
        assert.match(r.stdout, /language 'xyz'/);
        assert.match(r.stdout, /0 pages read, 1 set aside/);
    });
});

describe('check', () => {
    test('goes on where a name is absent, and in no circle of links', (t) => {
        const dir = tempDir(t);
        copyFileSync(join(samples, '1962-005-002.tif'), join(dir, 'x.tif'));
        symlinkSync('.', join(dir, 'a'));
        symlinkSync('.', join(dir, 'b'));
        const r = tefter('check', join(dir, 'none.tif'), dir);
        assert.equal(r.status, 1);
        assert.match(r.stderr, /none\.tif: there is no such file/);
        assert.match(r.stdout, /accept +.*x\.tif/);
        assert.ok(r.stdout.split('\n').length < 5, r.stdout);
    });
});
