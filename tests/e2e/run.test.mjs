// SPDX-License-Identifier: MIT
// scripts/run beside an archive that is somebody's own.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import { makeArchive, root, tempDir } from './tefter.mjs';

// It builds where the README says; in another build there is nothing to see.
const built = existsSync(join(root, 'build/release/bin/tefter'))
    ? {} : { skip: 'build/release is not built' };

function runScript(cwd, archive) {
    const r = spawnSync(join(root, 'scripts/run'), [archive], {
        cwd, encoding: 'utf8', env: { ...process.env, NO_SERVE: '1' },
    });
    assert.equal(r.status, 0, r.stdout + r.stderr);
    return r.stdout;
}

test('an archive that it did not make gets no pages and no known codes', built,
    (t) => {
        const run = makeArchive(t);
        // A relative path is meant from where one stands.
        const said = runScript(dirname(run.dir), basename(run.dir));
        assert.match(said, /was not made by this script/);
        assert.doesNotMatch(said, /demo-admin/);
        assert.deepEqual(run('account', 'list', '--json').json(), []);
        assert.deepEqual(readdirSync(join(run.dir, 'staging')), []);
        assert.deepEqual(readdirSync(join(run.dir, 'store')).filter(
            (n) => /^[0-9a-f]{3}$/.test(n)), []);
    });

test('one that it makes lies where the caller stands', built, (t) => {
    const dir = tempDir(t);
    mkdirSync(join(dir, 'here'));
    const said = runScript(join(dir, 'here'), 'new/archive');
    assert.match(said, /demo-admin \/ demo-admin-1/);
    assert.ok(existsSync(join(dir, 'here/new/archive/tefter.conf')));
    assert.match(runScript(join(dir, 'here'), 'new/archive'), /demo-admin/);
});
