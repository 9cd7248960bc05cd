// SPDX-License-Identifier: MIT
// Who may give which command: every command and every verb, for every role that
// a user of the machine can have an account of, against a table written by hand
// from docs/access-rules.md, rule 6. None of them is carried out: each is given
// an option that no command has, which it would complain of.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { before, test } from 'node:test';
import { makeArchive, program, tefter, tinyScan } from './tefter.mjs';

// c clerk, n notary, a auditor, m administrator, p scanning operator, o all
// others who have an account; u who has none. Who is not named is refused.
const table = {
    'init forms check verify loss serve bench unit receive pdf': 'cnampou',
    'search volume page records export': 'cmu',
    training: 'mu',
    'digitize ingest work reread import': 'mpu',
    replicate: 'mu',
    reindex: 'mu',
    'loss acknowledge': 'mu',
    'loss list': 'cnampou',
    batch: 'mpu',
    'batch list, batch show, batch retry, batch discard': 'mpu',
    'forms list, forms check, forms try': 'cnampou',
    'training export': 'mu',
    'bench pages, bench check, bench quality, bench ocr, bench batch, bench search, bench relevance, bench writers, bench pack, bench verify':
        'cnampou',
    'volume list, volume show, volume published': 'cmu',
    'volume publish, volume withdraw': 'mu',
    'page show': 'cmu',
    'page restrict, page unrestrict, page restricted': 'cmu',
    correct: 'cmu',
    account: 'mu',
    'account list, account add, account remove, account appoint, account dismiss, account code, account totp, account totp-remove, account sessions, account users, account user-bind, account user-unbind, account tokens, account token-add, account token-remove, account certificates, account certificate-add, account certificate-remove':
        'mu',
    organisation: 'mu',
    'organisation list, organisation add, organisation remove, organisation appoint, organisation dismiss':
        'mu',
    role: 'mu',
    'role show, role grant, role revoke, role grounds, role ground-add, role ground-remove, role second-factor':
        'mu',
    price: 'mu',
    'price list, price set, price window': 'mu',
    audit: 'amu',
    'audit list, audit person, audit heads, audit verify': 'amu',
    ledger: 'amu',
    'ledger list, ledger payers, ledger invoices, ledger statement, ledger verify':
        'amu',
    'ledger terms, ledger top-up, ledger pay-out, ledger refund, ledger settle':
        'mu',
};
const rows = Object.entries(table).flatMap(([commands, may]) =>
    (commands.includes(',') || commands.split(' ').length === 2
        ? commands.split(', ') : commands.split(' '))
        .map((words) => [words, may]));

const roles = { c: ['clerk'], n: ['notary'], a: ['auditor'], m: ['admin'],
    p: ['operator'], o: ['bank', 'bailiff'] };
// Of root it is who called sudo; of anybody else it is he.
const asRoot = process.getuid() === 0;
const user = asRoot ? 'nobody' : userInfo().username;

let run;

function give(...words) {
    return spawnSync(program, ['--archive', run.dir, ...words], {
        encoding: 'utf8',
        env: { ...process.env, ...(asRoot ? { SUDO_USER: user } : {}) },
    });
}

// As who may do anything: the owner of the files.
function done(...words) {
    const r = spawnSync(program, ['--archive', run.dir, ...words],
        { encoding: 'utf8' });
    assert.equal(r.status, 0, `${words.join(' ')}: ${r.stderr}`);
    return r.stdout;
}

// Another account for the same user. Only root can go on changing that.
const bind = (identifier) => done('account', 'user-bind', identifier, user);

function isRefused(...words) {
    const r = give(...words, '--no-such-option');
    const refused = /needs the right/.test(r.stderr);

    assert.equal(r.status, refused ? 1 : 2, `${words.join(' ')}: ${r.stderr}`);
    if (!refused) assert.match(r.stderr, /no-such-option/);
    return refused;
}

function walk(letter, who) {
    for (const [words, may] of rows) {
        assert.equal(isRefused(...words.split(' ')), !may.includes(letter),
            `${words} as ${who}`);
    }
}

before(() => {
    run = makeArchive({ after: (f) => process.on('exit', f) });
    for (const role of Object.values(roles).flat()) {
        done('account', 'add', role, '--role', role, '--document', 'Изпитание 1');
    }
});

// As its own help names them.
const verbsOf = (command) => [...tefter(command, '--help').stdout.matchAll(
    new RegExp(`^(?:Usage:| +or:) +tefter ${command} \\[OPTION\\.\\.\\.\\] ` +
        '([a-z-]+)(?: |$)', 'gm'))].map((m) => m[1]);

test('every command and verb stands in the table', () => {
    const known = new Set(rows.map(([words]) => words));
    const commands = [...tefter('--help').stdout
        .matchAll(/^ {2}([a-z]+) +[^-]/gm)].map((m) => m[1])
        .filter((name) => name !== 'tefter'); // of an example

    assert.ok(commands.length > 25);
    const there = new Set(commands);
    for (const command of commands) {
        for (const verb of verbsOf(command)) there.add(`${command} ${verb}`);
    }
    assert.deepEqual([...known].filter((words) => !there.has(words)), []);
    assert.deepEqual([...there].filter((words) => !known.has(words)), []);
});

test('whoever has no account may do all that he may write', () => {
    walk('u', 'who has no account');
});

// Without root nobody could take back what he did to himself here.
const rootOnly = asRoot ? {} : { skip: 'is not root' };

for (const [letter, names] of Object.entries(roles)) {
    for (const role of names) {
        test(`${role}: as the table says`, rootOnly, () => {
            bind(role);
            walk(letter, role);
        });
    }
}

test('an operator sees batches of his own site', rootOnly, () => {
    const box = join(dirname(run.dir), 'box');
    mkdirSync(box);
    writeFileSync(join(box, '1.tif'), tinyScan(1));
    const [{ batch }] = JSON.parse(done('ingest', '--site', 'odesos', box, '--json')).batches;
    for (const site of ['odesos', 'primorski'])
        done('account', 'add', site, '--role', 'operator', '--site', site);
    for (const [site, sees] of [['odesos', true], ['primorski', false]]) {
        bind(site);
        assert.equal(JSON.parse(give('batch', 'list', '--json').stdout)
            .some((b) => b.batch === batch), sees, site);
        for (const words of [['show'], ['show', '--html'], ['retry']])
            assert.equal(give('batch', words[0], batch, ...words.slice(1)).status,
                sees ? 0 : 1, `${words} as ${site}`);
    }
    assert.equal(give('batch', 'discard', batch).status, 1);
    bind('operator'); // of no site
    assert.deepEqual(JSON.parse(give('batch', 'list', '--json').stdout), []);
    assert.equal(give('batch', 'show', batch).status, 1);
    bind('admin');
    assert.equal(give('batch', 'show', batch).status, 0);
});

test('the order of the words hides nothing', rootOnly, () => {
    bind('auditor');
    assert.ok(isRefused('ledger', '--sum', '1', 'refund', '7', 'list'));
    assert.ok(isRefused('ledger', '--', 'refund', '7', 'list'));
    bind('clerk');
    assert.ok(isRefused('volume', '--json', 'publish', 'a/b/c'));
    assert.ok(isRefused('account', '--role', 'list', 'add', 'x'));
    assert.equal(give('account', '--help').status, 0);
});

test('a role that is over, or an account that is gone, may do nothing',
    rootOnly, () => {
        bind('admin');
        done('account', 'dismiss', 'admin', 'отписан');
        assert.ok(isRefused('price', 'list'));
        done('account', 'appoint', 'admin', 'admin', '--document', 'Заповед 2');
        assert.ok(!isRefused('price', 'list'));
        done('account', 'remove', 'admin');
        assert.ok(isRefused('price', 'list'));
    });

test('it is listed, ends, and all of it is in the trail', rootOnly, () => {
    const list = () => JSON.parse(done('account', 'users', '--json'));

    bind('clerk');
    assert.deepEqual(list(), [{ user, identifier: 'clerk' }]);
    assert.ok(isRefused('account', 'list'));
    done('account', 'user-unbind', user);
    assert.deepEqual(list(), []);
    assert.ok(!isRefused('account', 'list'));
    const trail = JSON.parse(done('audit', 'list', '--json'));
    assert.ok(trail.some((e) => e.kind === 'user-bound' &&
        e.subject === 'clerk' && e.detail === user));
    assert.ok(trail.some((e) => e.kind === 'user-unbound'));
    assert.ok(trail.some((e) => e.kind === 'refused' &&
        e.who === `@${user}` && e.subject === 'tefter account list'));
    done('audit', 'verify');
});
