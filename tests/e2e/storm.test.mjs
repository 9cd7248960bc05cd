// SPDX-License-Identifier: MIT
// Requests that nobody means well with, clients that are slow or go away, and
// an archive that is not as it should be: the page says what is the matter, the
// log says where, nothing is told of what is hidden, nothing is charged.
//
//   scripts/storm 100000    so many of them
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
    readFileSync, renameSync, rmSync, writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { makeArchive, root, samples, sleep, until } from './tefter.mjs';
import { addAccounts, code, serve } from './web.mjs';
import { storm } from './storm.mjs';

const count = Number(process.env.REQUESTS ?? 2000);
const seed = Number(process.env.SEED ?? 1);
const published = 'primorski/technical/1962-005';
const closed = 'odesos/family-register/1938-012';
const paid = 'primorski/local-tax/1979-107/0001';
let run, server, port;

before(async () => {
    run = makeArchive({ after: (f) => process.on('exit', f) });
    const r = run('digitize', samples);
    assert.ok([0, 3].includes(r.status), r.stderr);
    assert.equal(run('volume', 'publish', published).status, 0);
    addAccounts(run);
    for (const args of [['price', 'set', 'notary', '*', '2'],
        ['ledger', 'top-up', 'notary', '10', 'TRF 1']])
        assert.equal(run(...args).status, 0);
    server = await serve(run.dir);
    port = Number(new URL(server.address).port);
}, { timeout: 600_000 });

after(() => server?.stop());

const get = (path, options = {}) => fetch(`${server.address}${path}`,
    { redirect: 'manual', ...options });

const cookieOf = (answer, name) => answer.headers.getSetCookie()
    .map((c) => c.split(';')[0]).find((c) => c.startsWith(`${name}=`));

async function post(path, cookie, fields) {
    return get(path, { method: 'POST', body: new URLSearchParams(fields),
        headers: { Cookie: cookie } });
}

// The session's cookie of the role's account, on a ground where it needs one.
async function logIn(role) {
    const form = cookieOf(await get('/login'), 'tefter_form');
    const r = await post('/login', form, { csrf: form.split('=')[1],
        identifier: role, code });
    assert.equal(r.status, 303);
    return cookieOf(r, 'tefter_session');
}

async function csrfOf(cookie, path) {
    const html = await (await get(path, { headers: { Cookie: cookie } })).text();
    return /name="csrf" value="([0-9a-f]+)"/.exec(html)[1];
}

const balance = () => run('ledger', 'payers', '--json').json()
    .find((p) => p.payer === 'notary').balance_cents;

// Words that stand on the volume's pages, and neither on pages of the open one
// nor in the interface.
function wordsOf(volume) {
    const text = (v, n) => run('page', 'show', '--text',
        `${v}/${String(n).padStart(4, '0')}`).stdout;
    const said = text(published, 1) + text(published, 2) +
        readFileSync(join(root, 'search-cgi/po/bg.po'), 'utf8');
    const words = text(volume, 1).split(/[^\p{L}]+/u).filter((w) =>
        [...w].length >= 6 && !said.toLowerCase().includes(w.toLowerCase()));
    assert.ok(words.length >= 3, 'too few words to look for');
    return words;
}

test(`${count} requests that nobody means well with`, { timeout: 3_600_000 },
    async () => {
        const cookie = await logIn('auditor');
        const before = balance();
        const { faults, statuses } = await storm(port, {
            count, seed, volumes: [published, closed, 'none/none/1'], cookie,
            hidden: wordsOf(closed), say: (text) => console.log(text),
        });
        console.log(JSON.stringify(statuses));
        assert.deepEqual(faults, []);
        for (const status of ['200', '400', '403', '404', '405'])
            assert.ok(statuses[status] > 0, `none was answered ${status}`);
        assert.doesNotMatch(server.log(), /AddressSanitizer|signal|exited/);
        assert.equal((await get('/')).status, 200);
        assert.equal(balance(), before);
        assert.equal(run('audit', 'verify').status, 0);
        assert.equal(run('ledger', 'verify').status, 0);
    });

test('clients that are slow keep nobody waiting', async () => {
    const sockets = Array.from({ length: 64 }, (_, i) => {
        const s = connect(port, '127.0.0.1');
        s.on('error', () => {});
        s.write(i % 2 ? 'GET /?q=a HTTP/1.1\r\nHost: a\r\nX-Slow: '
            : 'POST /login HTTP/1.1\r\nHost: a\r\nContent-Type: ' +
              'application/x-www-form-urlencoded\r\nContent-Length: 60\r\n\r\nc');
        return s;
    });
    for (let i = 0; i < 5; i++) {
        const started = performance.now();
        for (const s of sockets) s.write('x');
        assert.equal((await get('/volumes')).status, 200);
        assert.ok(performance.now() - started < 3000, 'it waited for them');
        await sleep(100);
    }
    for (const s of sockets) s.destroy();
});

test('clients that go away leave everything as it was', async () => {
    for (let i = 0; i < 200; i++) {
        const s = connect(port, '127.0.0.1');
        s.on('error', () => {});
        s.write(`GET /iiif/${encodeURIComponent(`${published}/0001`)}/pct:${i % 40
        },0,50,50/max/0/default.png HTTP/1.1\r\nHost: a\r\n\r\n`);
        await sleep(i % 5);
        s.destroy();
    }
    const started = performance.now();
    assert.equal((await get(`/page/${published}/0001`)).status, 200);
    assert.ok(performance.now() - started < 10_000);
});

// A statement that sqlite3 holds open until it is let go.
async function lock(file) {
    const child = spawn('sqlite3', [join(run.dir, file)],
        { stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = new Promise((r) => { child.once('exit', r); });
    child.stdin.write('BEGIN EXCLUSIVE;\nSELECT \'held\';\n');
    await new Promise((resolve) => {
        child.stdout.on('data', (d) => {
            if (String(d).includes('held')) resolve();
        });
    });
    return () => { child.stdin.end('ROLLBACK;\n'); return ended; };
}

// The page says so in words, the log names the place; then all is well again.
async function troubled(path, status, log, mend, options = {}) {
    const seen = server.log().length;
    try {
        const answer = await get(path, options);
        const html = await answer.text();
        assert.equal(answer.status, status, html);
        assert.match(html, /<h1>/);
        assert.ok(!html.includes(run.dir), 'it names a place of the machine');
        assert.equal(answer.headers.get('cache-control'), 'no-store');
        await until(`${log} in the log`,
            () => log.test(server.log().slice(seen)), 5).catch((e) => {
            throw new Error(`${e.message}: ${server.log().slice(seen)}`);
        });
    } finally {
        await mend();
    }
    assert.equal((await get('/volumes')).status, 200);
}

test('a database that another holds is said to be busy', async () => {
    const unlock = await lock('access.sqlite');
    await troubled(`/page/${published}/0001`, 503,
        /access\.sqlite.*locked/, unlock);
});

test('a catalogue that is no catalogue is a failure of ours, until it is back',
    async () => {
        const file = join(run.dir, 'catalogue.sqlite');
        renameSync(file, `${file}.kept`);
        writeFileSync(file, 'x'.repeat(8192));
        await troubled('/?q=a', 500, /catalogue\.sqlite/, () => {
            rmSync(file);
            renameSync(`${file}.kept`, file);
        });
    });

test('a catalogue that is replaced under way is taken up', async () => {
    assert.equal((await get(`/volume/${published}`)).status, 200);
    assert.equal(run('reindex').status, 0);
    assert.equal((await get(`/volume/${published}`)).status, 200);
});

test('what is lost in the store is not charged', async () => {
    const cookie = await logIn('notary');
    const ground = await csrfOf(cookie, '/ground');
    assert.equal((await post('/ground', cookie, { csrf: ground,
        ground: 'notarial-case', case: '7/2026' })).status, 303);
    const before = balance();
    const store = join(run.dir, 'store');
    const csrf = await csrfOf(cookie, `/page/${paid}`);
    const opened = await post(`/page/${paid}/open`, cookie,
        { csrf, cents: '200' });
    assert.equal(opened.status, 303);
    assert.equal(balance(), before - 200);
    renameSync(store, `${store}.away`);
    await troubled(`/page/${paid}`, 500, /store|has no package/, () =>
        renameSync(`${store}.away`, store), { headers: { Cookie: cookie } });
    assert.equal(balance(), before, 'it was charged');
    assert.equal(run('ledger', 'verify').status, 0);
});
