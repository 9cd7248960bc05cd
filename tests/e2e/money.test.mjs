// SPDX-License-Identifier: MIT
// What docs/administrator.md promises: from an empty archive to accounts,
// prices, a page and a row that were paid for, and the first statement.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
    makeArchive, program, root, samples, tempDir,
} from './tefter.mjs';
import {
    addAccounts, get, launch, logIn, openTab, picture, serve, viewerIsStill,
} from './web.mjs';

const family = 'odesos/family-register/1938-012/0002';
const tax = 'primorski/local-tax/1979-107/0001';
const month = new Date().toISOString().slice(0, 7);
let run, server, browser;

function done(...args) {
    const r = run(...args);
    assert.equal(r.status, 0, `${args.join(' ')}: ${r.stderr}`);
    return r;
}

before(async () => {
    run = makeArchive({ after: (f) => process.on('exit', f) });
    addAccounts(run);
    done('digitize', samples);
    server = await serve(run.dir);
    browser = await launch();
}, { timeout: 600_000 });

after(async () => {
    await browser?.close();
    await server?.stop();
});

test('the guide leads from an empty archive to a first statement', () => {
    const fresh = makeArchive({ after: (f) => process.on('exit', f) });
    const guide = readFileSync(join(root, 'docs/administrator.md'), 'utf8');
    const section = guide.split(/^## /m).find((s) =>
        s.startsWith('From an empty archive'));
    const lines = section.split('\n').filter((l) => l.startsWith('    tefter '));

    assert.ok(lines.length > 15);
    for (const line of lines) {
        const r = spawnSync('sh', ['-c',
            `tefter() { "$TEFTER_PROGRAM" "$@"; }\n${line}`], {
            encoding: 'utf8',
            env: { ...process.env, TEFTER_ARCHIVE: fresh.dir,
                TEFTER_PROGRAM: program },
        });

        assert.equal(r.status, 0, `${line}: ${r.stderr}`);
    }
    assert.deepEqual(fresh('ledger', 'payers', '--json').json().map((p) =>
        [p.payer, p.terms, p.balance_cents, p.limit_cents]), [
        ['121830616', 'postpaid', 0, 50000], ['812', 'exempt', 0, 0],
        ['831661388', 'prepaid', 5000, 0]]);
    assert.equal(fresh('account', 'list', '--json').json()
        .filter((a) => a.manages).length, 2);
    assert.match(fresh('ledger', 'statement', '831661388', month).stdout,
        /top-up,"TRF 77\/26\.11\.2026"/);
    assert.equal(fresh('ledger', 'verify').status, 0);
    namesWhatIsAltered(fresh);
});

// As an intruder with the file would do it.
function namesWhatIsAltered(fresh) {
    const altered = spawnSync('sqlite3', [join(fresh.dir, 'access.sqlite'),
        'DROP TRIGGER ledger_is_not_changed;'
        + 'UPDATE ledger SET cents = 7000 WHERE seq = 1'],
    { encoding: 'utf8' });
    assert.equal(altered.status, 0, altered.stderr);
    const r = fresh('ledger', 'verify', '--json');
    const { fault } = r.json();

    assert.equal(r.status, 4);
    assert.deepEqual([fault.table, fault.id, fault.field, fault.expected,
        fault.found], ['ledger', '1', 'cents', '5000', '7000']);
    assert.match(fault.message, /entry 1 is not as audit entry/);
}

test('accounts, prices and terms are set as the guide says', () => {
    done('price', 'set', 'notary', '*', '2');
    done('price', 'set', 'notary', 'family-register', '1.50', '--for', 'row');
    done('price', 'set', 'bank', '*', '2', '--from', '2099-01-01');
    done('price', 'set', 'bailiff', '*', '2');
    done('ledger', 'terms', 'bank', 'postpaid', '500');
    done('ledger', 'terms', 'bailiff', 'exempt');
    done('ledger', 'top-up', 'notary', '10', 'TRF 77/26.11.2026');
    assert.deepEqual(run('ledger', 'payers', '--json').json().map((p) =>
        [p.payer, p.terms, p.balance_cents, p.limit_cents]), [
        ['bailiff', 'exempt', 0, 0], ['bank', 'postpaid', 0, 50000],
        ['notary', 'prepaid', 1000, 0]]);
    assert.equal(run('price', 'list', '--json').json().length, 4);
    assert.match(run('price', 'window').stdout, /^24 hours\n$/);
    for (const wrong of [['price', 'set', 'notary', '*', '1.234'],
        ['price', 'set', 'notary', '*', '1', '--from', '2020-01-01'],
        ['ledger', 'terms', 'notary', 'sometimes'],
        ['ledger', 'top-up', 'notary', '5', '']]) {
        assert.equal(run(...wrong).status, 2, wrong.join(' '));
    }
    assert.equal(run('ledger', 'refund', '1', 'no charge').status, 1);
});

test('a page is paid for once, and shown', async () => {
    const tab = await openTab(browser);

    await logIn(tab, server.address, 'notary');
    const offer = await tab.goto(`${server.address}/page/${tax}`);
    assert.equal(offer.status(), 402);
    assert.match(await tab.textContent('main'), /2\.00 евро/);
    assert.equal(await tab.locator('#viewer').count(), 0);
    await picture(tab, 'price-bg');
    await Promise.all([
        tab.waitForURL((url) => url.pathname === `/page/${tax}`),
        tab.click('form.card button[type=submit]'),
    ]);
    await viewerIsStill(tab);
    await tab.reload();
    await viewerIsStill(tab);
    assert.equal(run('ledger', 'payers', '--json').json()
        .find((p) => p.payer === 'notary').balance_cents, 800);
    await tab.goto(`${server.address}/account`);
    assert.match(await tab.textContent('main'), /отворена страница/);
    await picture(tab, 'account-money-bg');
    await tab.context().close();
});

test('a row is paid for, and everybody else is covered', async () => {
    const tab = await openTab(browser);
    const persons = run('records', 'odesos/family-register/1938-012', '--page',
        '2', '--json').json().filter((r) => r.kind === 'person');
    const [mine, ...others] = persons;
    const texts = (r) => r.fields.name.text;

    await logIn(tab, server.address, 'notary');
    await tab.goto(`${server.address}/page/${family}`);
    await picture(tab, 'rows-bg');
    assert.equal(await tab.locator('.cards a').count(), persons.length + 1);
    for (const p of persons) {
        assert.ok(!(await tab.textContent('main')).includes(texts(p)));
    }
    await tab.click(`.cards a[href$="${mine.record.split('/').pop()}"]`);
    assert.match(await tab.textContent('main'), /1\.50 евро/);
    await Promise.all([
        tab.waitForURL((url) => url.pathname.includes('/row/')),
        tab.click('form.card button[type=submit]'),
    ]);
    await viewerIsStill(tab);
    await picture(tab, 'row-bg');
    const shown = await tab.textContent('main');
    assert.ok(shown.includes(texts(mine)));
    for (const p of others) assert.ok(!shown.includes(texts(p)), texts(p));
    for (const path of [`/page/${family}/form`, `/page/${family}/boxes?q=x`,
        `/iiif/${encodeURIComponent(family)}/info.json`]) {
        assert.equal((await get(tab, server.address + path)).status(), 404);
    }
    await tab.context().close();
});

test('who is exempt opens without paying', async () => {
    const tab = await openTab(browser);

    await logIn(tab, server.address, 'bailiff');
    await tab.goto(`${server.address}/page/${tax}`);
    await viewerIsStill(tab);
    assert.deepEqual(tab.trouble, []);
    await tab.context().close();
});

test('the first statement, as CSV and as PDF, and the proof', (t) => {
    const pdf = join(tempDir(t), 'statement.pdf');
    const csv = done('ledger', 'statement', 'notary', month).stdout;

    assert.match(csv, /^entry,utc,kind,text,who,ground,euro,balance\r\n/);
    assert.match(csv, /charge,"primorski.*,-2\.00,8\.00\r\n/);
    assert.match(csv, /charge,".*\/r0\d",.*,-1\.50,6\.50\r\n/);
    assert.match(csv, /,,after,,,,,6\.50\r\n$/);
    done('ledger', 'statement', 'notary', month, '--pdf', pdf);
    assert.equal(readFileSync(pdf).subarray(0, 5).toString(), '%PDF-');
    const text = spawnSync('pdftotext', ['-layout', pdf, '-'],
        { encoding: 'utf8' });
    assert.match(text.stdout, new RegExp(`Извлечение за месец ${month}`));
    assert.match(text.stdout, /отворена/);
    assert.match(text.stdout, /Наличност в края\s+6\.50/);
    const charge = run('ledger', 'list', '--payer', 'notary', '--json').json()
        .find((e) => e.kind === 'charge');
    done('ledger', 'refund', String(charge.seq), 'wrong page', '--sum', '0.50');
    assert.deepEqual(Object.entries(run('ledger', 'verify', '--json').json())
        .filter(([k]) => k !== 'audit'), [['entries', 4], ['charges', 2],
        ['shown', 2], ['reversals', 0], ['refunds', 1]]);
    assert.deepEqual(run('audit', 'list', '--kind', 'open', '--about', family,
        '--json').json().filter((e) => !e.who.startsWith('@')) // this test
        .map((e) => [e.who, e.ground]),
    [['notary', 'notarial-case 123/2026']]);
});

test('a restricted page is found by nobody but who may see such', () => {
    const page = 'odesos/family-register/1938-012/0002';
    const found = (role) => run('search', '--json', '--role', role,
        'Иванова').json().hits.some((h) => h.page === page);

    done('page', 'restrict', page, 'осиновяване, дело 14/1951');
    assert.deepEqual(run('page', 'restricted', '--json').json(), [{ page }]);
    assert.equal(run('page', 'restrict', page, 'пак').status, 1);
    assert.equal(found('notary'), false);
    assert.equal(found('bailiff'), false);
    assert.equal(found('clerk'), true);
    done('page', 'unrestrict', page, 'съдебно решение 3/2026');
    assert.equal(found('notary'), true);
    assert.equal(run('page', 'restrict', `${page}9`, 'няма').status, 1);
});

test('everyone who has seen a person is told', () => {
    const page = 'odesos/family-register/1938-012/0002';
    const seen = run('audit', 'person', page, '--json').json();

    assert.equal(seen[0].record, page);
    assert.ok(seen[0].entries.some((e) => e.who === 'notary'));
    assert.match(done('audit', 'person', page, '--csv').stdout,
        /^record,entry,utc,how,who,organisation,role,ground,origin\r\n/);
    assert.equal(run('audit', 'list', '--kind', 'trail-read', '--json').json()
        .length, 2);
});
