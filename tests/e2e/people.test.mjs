// SPDX-License-Identifier: MIT
// Who may log in, as what, until when and by what means, at the command line.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { makeArchive, tempDir } from './tefter.mjs';

let run;
const day = (days) =>
    new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

function done(...args) {
    const r = run(...args);
    assert.equal(r.status, 0, `${args.join(' ')}: ${r.stderr}`);
    return r.stdout;
}

function refused(status, ...args) {
    const r = run(...args);
    assert.equal(r.status, status, `${args.join(' ')}: ${r.stdout}`);
    assert.notEqual(r.stderr, '');
}

const account = (id) => run('account', 'list', '--json').json()
    .find((a) => a.identifier === id);

before(() => {
    run = makeArchive({ after: (f) => process.on('exit', f) });
});

test('a role from outside needs the document that proves it', () => {
    refused(2, 'account', 'add', '736', '--role', 'notary');
    refused(2, 'account', 'add', '7505121234', '--role', 'clerk');
    done('account', 'add', '736', '--role', 'notary', '--document',
        'Заповед 7/2026', '--to', day(30));
    assert.equal(account('736').until, day(30));
    done('account', 'add', 'archivist', '--role', 'clerk');
    assert.equal(account('archivist').until, '');
});

test('a role is given anew, begins later, and is taken away', () => {
    done('account', 'appoint', '736', 'notary', '--document', 'Заповед 8/2026',
        '--from', day(2));
    assert.equal(account('736').role, 'none');
    done('account', 'appoint', '736', 'bailiff', '--document', 'Заповед 9');
    assert.equal(account('736').role, 'bailiff');
    done('account', 'dismiss', '736', 'отписан');
    assert.equal(account('736').role, 'none');
    refused(1, 'account', 'dismiss', '737', 'няма го');
});

test('an organisation gives its users their role, and ends with it', () => {
    refused(2, 'organisation', 'add', '121830616', '--role', 'bank');
    done('organisation', 'add', '121830616', '--role', 'bank', '--name',
        'Клон', '--document', 'Договор 12/2026');
    refused(1, 'account', 'add', '121830616', '--role', 'clerk');
    done('account', 'add', '7505121238', '--organisation', '121830616',
        '--manager');
    assert.deepEqual([account('7505121238').role,
        account('7505121238').organisation, account('7505121238').manages],
    ['bank', '121830616', true]);
    done('organisation', 'dismiss', '121830616', 'договорът изтече');
    assert.equal(account('7505121238').role, 'none');
    assert.equal(run('organisation', 'list', '--json').json()[0].role, 'none');
    done('organisation', 'appoint', '121830616', 'bank', '--document',
        'Анекс 1');
    assert.equal(account('7505121238').role, 'bank');
    refused(1, 'organisation', 'remove', '121830616');
});

test('tokens have a name and a last day', () => {
    refused(2, 'account', 'token-add', '7505121238', 'система');
    refused(2, 'account', 'token-add', '7505121238', 'система', '--to',
        day(900));
    assert.match(done('account', 'token-add', '7505121238', 'система', '--to',
        day(90)), /^token tefter-[0-9a-f]{64} \(shown only now\)$/m);
    assert.deepEqual(run('account', 'tokens', '--json').json(),
        [{ identifier: '7505121238', name: 'система', to: day(90) }]);
    done('account', 'token-remove', '7505121238', 'система');
    assert.deepEqual(run('account', 'tokens', '--json').json(), []);
});

test('certificates are known by the fingerprint that openssl prints', (t) => {
    const dir = tempDir(t);
    const pem = join(dir, 'c.pem');
    const made = spawnSync('openssl', ['req', '-x509', '-newkey', 'ec',
        '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=x',
        '-days', '2', '-keyout', join(dir, 'c.key'), '-out', pem]);

    assert.equal(made.status, 0);
    const print = spawnSync('openssl', ['x509', '-in', pem, '-noout',
        '-fingerprint', '-sha256'], { encoding: 'utf8' }).stdout
        .split('=')[1].trim().replaceAll(':', '').toLowerCase();

    refused(1, 'account', 'certificate-add', '7505121238', join(dir, 'c.key'));
    assert.equal(done('account', 'certificate-add', '7505121238', pem),
        `7505121238\t${print}\n`);
    refused(1, 'account', 'certificate-add', '736', pem);
    done('account', 'certificate-remove', print);
    assert.deepEqual(run('account', 'certificates', '--json').json(), []);
});

test('a role needs a second factor until somebody says otherwise', () => {
    const rules = () => Object.fromEntries(run('role', 'second-factor', '--json')
        .json().map((r) => [r.role, r.second_factor]));

    assert.deepEqual(new Set(Object.values(rules())), new Set(['required']));
    done('role', 'second-factor', 'operator', 'optional');
    assert.equal(rules().operator, 'optional');
    assert.equal(rules().notary, 'required');
    assert.match(done('role', 'show'), /^operator +second factor optional$/m);
    assert.equal(run('role', 'show', '--json').json()
        .find((r) => r.role === 'notary').second_factor, 'required');
    refused(2, 'role', 'second-factor', 'public', 'required');
    refused(2, 'role', 'second-factor', 'notary', 'perhaps');
    done('role', 'second-factor', 'operator', 'required');
});

test('sessions are listed and ended', () => {
    assert.deepEqual(run('account', 'sessions', '--json').json(), []);
    refused(1, 'account', 'sessions', '--revoke', '0123456789abcdef');
    refused(2, 'account', 'sessions', '--revoke', 'all');
    refused(1, 'account', 'sessions', 'archivist', '--revoke', 'all');
});

test('all of it is in the trail, which is sound', () => {
    const kinds = new Set(run('audit', 'list', '--json').json()
        .map((e) => e.kind));

    for (const kind of ['appointed', 'dismissed', 'organisation-added',
        'token-added', 'token-removed', 'certificate-added',
        'certificate-removed', 'account-added', 'second-factor']) {
        assert.ok(kinds.has(kind), kind);
    }
    done('audit', 'verify');
    assert.match(done('audit', 'list', '--csv', '--kind', 'dismissed'),
        /^entry,utc,kind,who,organisation,role,ground,origin,about,details\r\n/);
    refused(2, 'audit', 'person');
});
