// SPDX-License-Identifier: MIT
// tefter serve as an administrator starts and stops it.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import {
    cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeArchive, program, samples, tefter, tempDir } from './tefter.mjs';

function listen() {
    return new Promise((resolve, reject) => {
        const s = createServer();
        s.once('error', reject);
        s.listen(0, '127.0.0.1', () => resolve(s));
    });
}

async function freePort() {
    const s = await listen();
    const { port } = s.address();
    await new Promise((resolve) => { s.close(resolve); });
    return port;
}

// Until it says where it is, or ends: { port, said(), ended }.
async function serve(t, archive, options = [], env = {}, from = program) {
    const port = await freePort();
    const server = spawn(from, ['--archive', archive, 'serve', '--port',
        String(port), ...options], {
        stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...env },
    });
    let said = '';
    const ended = new Promise((resolve) => {
        server.once('exit', (status, signal) => resolve({ status, signal }));
    });
    t.after(() => { server.kill('SIGTERM'); return ended; });
    server.stderr.setEncoding('utf8');
    await new Promise((resolve) => {
        server.stderr.on('data', (text) => {
            said += text;
            if (said.includes('http://127.0.0.1:')) resolve();
        });
        ended.then(resolve);
    });
    return { port, server, ended, said: () => said };
}

// With a short path: the address of a socket is short.
function runDir(t) {
    const dir = mkdtempSync(join(existsSync('/tmp') ? '/tmp' : tmpdir(), 'te-'));
    t.after(() => rmSync(dir, { recursive: true, force: true }));
    return dir;
}

test('what is installed reads pages and serves them, away from where it was built',
    async (t) => {
        const dir = runDir(t), scans = join(dir, 'scans');
        const installed = spawnSync('cmake', ['--install', join(program, '../..'),
            '--prefix', join(dir, 'usr')], { encoding: 'utf8' });
        assert.equal(installed.status, 0, installed.stderr);
        const from = join(dir, 'usr/bin/tefter'), archive = join(dir, 'a');
        mkdirSync(scans);
        cpSync(join(samples, '1962-005-002.tif'), join(scans, '1.tif'));
        for (const args of [['init', archive], ['--archive', archive, 'digitize', scans]]) {
            const r = spawnSync(from, args, { encoding: 'utf8' });
            assert.equal(r.status, 0, r.stdout + r.stderr);
        }
        const server = await serve(t, archive, [], {}, from);
        for (const path of ['/?lang=bg', '/static/style.css',
            '/static/openseadragon/openseadragon.min.js']) {
            const answer = await fetch(`http://127.0.0.1:${server.port}${path}`);
            assert.equal(answer.status, 200, path + server.said());
        }
    });

const odd = [
    ['quotes, a dollar, a backslash and spaces',
        `"a" 'b' $HOME \\ \\n ?#%41`],
    ['a line break', 'one\ntwo'],
    ['more bytes than the address of a socket has', 'x'.repeat(200)],
];

for (const [what, name] of odd) {
    for (const options of [[], ['--plain-cgi']]) {
        test(`an archive is served whose path holds ${what} ${options}`,
            async (t) => {
                const dir = join(tempDir(t), name);
                assert.equal(tefter('init', dir).status, 0);
                const s = await serve(t, dir, options);
                assert.match(s.said(), /the search page: http/);
                const at = `http://127.0.0.1:${s.port}`;
                assert.equal((await fetch(`${at}/login`)).status, 200);
                assert.equal((await fetch(`${at}/static/style.css`)).status, 200);
                s.server.kill('SIGTERM');
                assert.deepEqual(await s.ended, { status: 0, signal: null });
            });
    }
}

test('when the address is said, it answers', async (t) => {
    const run = makeArchive(t);
    const s = await serve(t, run.dir);
    assert.equal((await fetch(`http://127.0.0.1:${s.port}/`)).status, 200);
});

test('a taken port is said in words, and no address', async (t) => {
    const run = makeArchive(t);
    const other = await listen();
    t.after(() => other.close());
    const r = run('serve', '--port', String(other.address().port));
    assert.equal(r.status, 1);
    assert.match(r.stderr, /port \d+ of 127\.0\.0\.1 is taken.*--port/);
    assert.doesNotMatch(r.stderr, /http:/);
});

test('stopped by a signal it is done, and leaves nothing behind', async (t) => {
    const run = makeArchive(t);
    const before = readdirSync(run.dir);
    const dir = runDir(t);
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
        const s = await serve(t, run.dir, [], { XDG_RUNTIME_DIR: dir });
        assert.equal(readdirSync(dir).length, 1, s.said());
        assert.equal((await fetch(`http://127.0.0.1:${s.port}/login`)).status,
            200);
        s.server.kill(signal);
        assert.deepEqual(await s.ended, { status: 0, signal: null }, signal);
        assert.deepEqual(readdirSync(dir), [], signal);
        await assert.rejects(fetch(`http://127.0.0.1:${s.port}/`));
    }
    assert.deepEqual(readdirSync(run.dir).filter((n) =>
        !before.includes(n) && !n.startsWith('access.sqlite')), []);
});

test('killed, it takes its web server along', async (t) => {
    const run = makeArchive(t);
    const s = await serve(t, run.dir, [], { XDG_RUNTIME_DIR: runDir(t) });
    s.server.kill('SIGKILL');
    await s.ended;
    for (let i = 0; i < 50; i++) {
        try {
            await fetch(`http://127.0.0.1:${s.port}/static/style.css`);
        } catch {
            return;
        }
        await new Promise((r) => { setTimeout(r, 100); });
    }
    assert.fail('it still answers');
});

test('a web server that fails is a failure, not the end of the scale', async (t) => {
    const run = makeArchive(t);
    const share = join(tempDir(t), 'share');
    mkdirSync(share);
    const s = await serve(t, run.dir, [], { TEFTER_SHARE: share });
    assert.equal((await s.ended).status, 1);
    assert.match(s.said(), /lighttpd ended with status/);
});
