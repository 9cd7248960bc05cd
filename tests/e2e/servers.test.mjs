// SPDX-License-Identifier: MIT
// The web servers that configurations are there for, each with a certificate of
// its own made for this run: pages over TLS, a log-in by certificate, and
// headers that say so without one.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import {
    chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync,
    writeFileSync,
} from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { makeArchive, until } from './tefter.mjs';

const searchCgi = process.env.SEARCH_CGI;
const share = join(dirname(searchCgi), '../share/tefter');
const isRoot = process.getuid() === 0;
let run, etc;

function openssl(...args) {
    execFileSync('openssl', args, { cwd: etc, stdio: 'pipe' });
}

// NAME.pem and NAME.key, signed by CA.
function sign(name, ca, subject) {
    openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', `${name}.key`,
        '-out', `${name}.csr`, '-subj', subject);
    openssl('x509', '-req', '-in', `${name}.csr`, '-CA', `${ca}.pem`, '-CAkey',
        `${ca}.key`, '-CAcreateserial', '-days', '2', '-out', `${name}.pem`);
}

function makeAuthority(name) {
    openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2',
        '-keyout', `${name}.key`, '-out', `${name}.pem`, '-subj', `/CN=${name}`);
}

before(() => {
    run = makeArchive({ after: (f) => process.on('exit', f) });
    etc = join(dirname(run.dir), 'etc');
    mkdirSync(etc);
    if (isRoot) chmodSync(dirname(run.dir), 0o755); // for the server's user
    makeAuthority('client-ca');
    makeAuthority('other-ca');
    sign('server', 'other-ca', '/CN=localhost');
    sign('known', 'client-ca', '/CN=Known');
    sign('stranger', 'client-ca', '/CN=Stranger');
    sign('forged', 'other-ca', '/CN=Known');
    const text = (name) => readFileSync(join(etc, name), 'utf8');
    writeFileSync(join(etc, 'server.pem'), // with its chain
        text('server.pem') + text('other-ca.pem'));
    writeFileSync(join(etc, 'both.pem'),
        text('server.pem') + text('server.key'));
    for (const args of [
        ['account', 'add', '736', '--role', 'clerk', '--name', 'Деловодител'],
        ['account', 'certificate-add', '736', join(etc, 'known.pem')],
    ]) {
        const r = run(...args);
        assert.equal(r.status, 0, r.stderr);
    }
});

function freePort() {
    return new Promise((resolve) => {
        const s = createServer();
        s.listen(0, '127.0.0.1', () => {
            const { port } = s.address();
            s.close(() => resolve(port));
        });
    });
}

// A process of this test, ended by its end; what it says is kept.
function startProcess(t, file, args, env = {}) {
    const child = spawn(file, args, {
        env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = new Promise((r) => { child.once('exit', r); });
    child.said = '';
    for (const s of [child.stdout, child.stderr])
        s.setEncoding('utf8').on('data', (text) => { child.said += text; });
    t.after(() => { child.kill('SIGTERM'); return ended; });
    return child;
}

// The program on a socket, as tefter-search.service starts it.
function startProgram(t, dir) {
    return startProcess(t, 'spawn-fcgi', ['-n', '-s', join(dir, 'search.sock'),
        '-M', '0666', '--', searchCgi],
    { TEFTER_ARCHIVE: run.dir, TEFTER_SHARE: share });
}

// The file as it is installed, with the paths and ports of this run.
function site(name, dir, port, plain) {
    return readFileSync(join(share, 'serve', name), 'utf8')
        .replaceAll('/etc/tefter', etc)
        .replaceAll('/run/tefter', dir)
        .replaceAll('/usr/share/tefter', share)
        .replaceAll('listen 443', `listen 127.0.0.1:${port}`)
        .replaceAll('listen 80', `listen 127.0.0.1:${plain}`)
        .replaceAll('*:443', `127.0.0.1:${port}`)
        .replaceAll('*:80', `127.0.0.1:${plain}`);
}

const modules = ['mpm_event', 'authz_core', 'mime', 'alias', 'headers', 'proxy',
    'proxy_fcgi', 'reqtimeout', 'rewrite', 'socache_shmcb', 'ssl'];
const servers = {
    nginx: async (t, dir, port, plain) => {
        startProgram(t, dir);
        writeFileSync(join(dir, 'site.conf'), site('nginx.conf', dir, port,
            plain));
        writeFileSync(join(dir, 'main.conf'), `
            daemon off; pid ${dir}/pid; error_log stderr;
            ${isRoot ? 'user www-data;' : ''}
            events {}
            http { access_log off; client_body_temp_path ${dir}/b;
                fastcgi_temp_path ${dir}/f; proxy_temp_path ${dir}/p;
                uwsgi_temp_path ${dir}/u; scgi_temp_path ${dir}/s;
                include ${dir}/site.conf; }`);
        return startProcess(t, '/usr/sbin/nginx', ['-e', 'stderr', '-c',
            join(dir, 'main.conf')]);
    },
    apache: async (t, dir, port, plain) => {
        startProgram(t, dir);
        const built = execFileSync('/usr/sbin/apache2', ['-l'], {
            encoding: 'utf8' });
        writeFileSync(join(dir, 'site.conf'), site('apache.conf', dir, port,
            plain));
        writeFileSync(join(dir, 'main.conf'), `
            ServerRoot ${dir}
            PidFile ${dir}/pid
            ErrorLog ${dir}/error.log
            ServerName localhost
            Mutex file:${dir} default
            DefaultRuntimeDir ${dir}
            TypesConfig /dev/null
            ${isRoot ? 'User www-data\nGroup www-data' : ''}
            ${modules.filter((m) => !built.includes(`mod_${m}.c`)).map((m) =>
        `LoadModule ${m}_module /usr/lib/apache2/modules/mod_${m}.so`)
        .join('\n')}
            Listen 127.0.0.1:${port}
            Listen 127.0.0.1:${plain}
            Include ${dir}/site.conf`.replace(/^ +/gm, ''));
        const p = startProcess(t, '/usr/sbin/apache2', ['-DFOREGROUND', '-f',
            join(dir, 'main.conf')]);
        p.log = () => existsSync(join(dir, 'error.log'))
            ? readFileSync(join(dir, 'error.log'), 'utf8') : '';
        return p;
    },
    lighttpd: async (t, dir, port) => {
        symlinkSync(searchCgi, join(dir, 'search.cgi'));
        writeFileSync(join(dir, 'main.conf'),
            ['lighttpd.conf', 'tls.conf'].map((f) =>
                `include "${share}/serve/${f}"\n`).join(''));
        return startProcess(t, '/usr/sbin/lighttpd', ['-D', '-f',
            join(dir, 'main.conf')], {
            TEFTER_ARCHIVE: run.dir, TEFTER_SHARE: share, TEFTER_RUN: dir,
            TEFTER_PORT: String(port), TEFTER_MODE: 'fastcgi',
            TEFTER_TLS_PEM: join(etc, 'both.pem'),
            TEFTER_CLIENT_CA: join(etc, 'client-ca.pem'),
        });
    },
};

// One request over TLS: { status, headers, body }. With the files of a client's
// certificate, if it is to show one.
function ask(port, path, { as, method = 'GET', headers = {}, body } = {}) {
    const file = (end) => readFileSync(join(etc, `${as}.${end}`));
    return new Promise((resolve, reject) => {
        const r = request({
            host: '127.0.0.1', port, path, method, servername: 'localhost',
            ca: readFileSync(join(etc, 'other-ca.pem')), agent: false,
            headers: { Host: 'localhost', ...headers, ...(body === undefined
                ? {} : {
                    'Content-Type': 'application/x-www-form-urlencoded',
                    'Content-Length': Buffer.byteLength(body) }) },
            ...(as ? { cert: file('pem'), key: file('key') } : {}),
        }, (answer) => {
            let text = '';
            answer.setEncoding('latin1').on('data', (d) => { text += d; });
            answer.on('end', () => resolve({ status: answer.statusCode,
                headers: answer.headers, body: text }));
        });
        r.on('error', reject);
        r.end(body);
    });
}

const cookieOf = (answer, name) => (answer.headers['set-cookie'] ?? [])
    .map((c) => c.split(';')[0]).find((c) => c.startsWith(`${name}=`));

// Through the form: the answer of the post.
async function logIn(port, options) {
    const form = await ask(port, '/login', options);
    assert.equal(form.status, 200);
    const cookie = cookieOf(form, 'tefter_form');
    const csrf = cookie.split('=')[1];
    return {
        form,
        answer: await ask(port, '/login/certificate', {
            ...options, method: 'POST', body: `csrf=${csrf}&back=%2Faccount`,
            headers: { ...options.headers, Cookie: cookie },
        }),
    };
}

// What a client could send to look like a server that has verified it.
const forgeries = () => {
    const pem = readFileSync(join(etc, 'known.pem'), 'utf8')
        .replaceAll('\n', ' ');
    const names = ['SSL-Client', 'SSL_CLIENT', 'X-SSL-Client', 'HTTP_SSL_CLIENT',
        'Redirect-SSL-Client'];
    return Object.fromEntries(names.flatMap((n) => [
        [n.includes('_') ? `${n}_VERIFY` : `${n}-Verify`, 'SUCCESS'],
        [n.includes('_') ? `${n}_CERT` : `${n}-Cert`, pem]]));
};

for (const [name, start] of Object.entries(servers)) {
    const file = name === 'apache' ? '/usr/sbin/apache2' : `/usr/sbin/${name}`;
    const there = existsSync(file) ? {} : { skip: `${file} is not there` };

    test(`${name}: TLS, certificates, and forged headers`, there, async (t) => {
        const dir = join(etc, name);
        mkdirSync(dir);
        if (isRoot) chmodSync(dir, 0o755);
        const [port, plain] = [await freePort(), await freePort()];
        const server = await start(t, dir, port, plain);
        const said = () => server.said + (server.log?.() ?? '');
        await until(`${name} answers`, async () => {
            if (server.exitCode !== null) throw new Error(said());
            try {
                return (await ask(port, '/login')).status === 200;
            } catch { return false; }
        }, 20).catch((e) => { throw new Error(`${e.message}: ${said()}`); });

        await t.test('pages, and what is passed through', async () => {
            const first = await ask(port, '/');
            assert.equal(first.status, 200);
            assert.match(first.headers['content-security-policy'], /'none'/);
            const css = await ask(port, '/static/style.css');
            assert.equal(css.status, 200);
            assert.match(css.headers['content-type'], /text\/css/);
            assert.match(css.headers['cache-control'], /max-age/);
            for (const [name, type] of [['style.css', /text\/css/],
                ['viewer.js', /text\/javascript/]]) {
                const packed = await ask(port, `/static/${name}`,
                    { headers: { 'Accept-Encoding': 'gzip' } });
                assert.equal(packed.headers['content-encoding'], 'gzip');
                assert.match(packed.headers['content-type'], type);
                assert.match(packed.headers.vary, /Accept-Encoding/i);
                const plain = await ask(port, `/static/${name}`);
                assert.equal(plain.headers['content-encoding'], undefined);
                assert.equal(gunzipSync(Buffer.from(packed.body, 'latin1'))
                    .toString('latin1'), plain.body);
            }
            // As the program says it: no page of this id, in its own words.
            const absent = await ask(port, '/iiif/a%2Fb%2Fc%2F1/info.json');
            assert.equal(absent.status, 404);
            assert.equal(absent.headers['content-type'], 'application/problem+json');
            assert.equal(JSON.parse(absent.body).title, 'Not Found');
            for (const path of ['/static/../templates/search.xsl',
                '/static/%2e%2e/templates/search.xsl', '/search.cgi',
                '/-errors/../serve/tls.conf'])
                assert.ok([400, 403, 404].includes(
                    (await ask(port, path)).status), path);
            assert.ok([400, 413].includes((await ask(port, '/login', {
                method: 'POST', body: 'x'.repeat(200000) })).status));
        });

        await t.test('a certificate that is bound logs in', async () => {
            const { form, answer } = await logIn(port, { as: 'known' });
            assert.match(form.body, /action="\/login\/certificate"/);
            assert.equal(answer.status, 303);
            const session = cookieOf(answer, 'tefter_session');
            assert.match(answer.headers['set-cookie'].join(), /Secure/);
            const account = await ask(port, '/account', {
                headers: { Cookie: session } });
            assert.equal(account.status, 200);
            assert.match(account.body, /736/);
        });

        await t.test('one that is bound to nobody does not', async () => {
            const { answer } = await logIn(port, { as: 'stranger' });
            assert.equal(answer.status, 403);
            assert.equal(cookieOf(answer, 'tefter_session'), undefined);
        });

        await t.test('one of another authority does not', async () => {
            // Refused in the handshake, by the server, or not told of.
            const form = await ask(port, '/login', { as: 'forged' })
                .catch(() => null);
            if (form === null || form.status === 400) return;
            assert.doesNotMatch(form.body, /action="\/login\/certificate"/);
            const { answer } = await logIn(port, { as: 'forged' });
            assert.equal(answer.status, 400);
        });

        await t.test('headers that say so do not', async () => {
            const headers = forgeries();
            const { form, answer } = await logIn(port, { headers });
            assert.doesNotMatch(form.body, /action="\/login\/certificate"/);
            assert.equal(answer.status, 400);
            assert.equal(cookieOf(answer, 'tefter_session'), undefined);
            // Nor beside a certificate that is valid and nobody's.
            const other = await logIn(port, { headers, as: 'stranger' });
            assert.equal(other.answer.status, 403);
        });

        await t.test('a token of a program comes through', async () => {
            const answer = await ask(port, '/account', {
                headers: { Authorization: 'Bearer tefter-none' } });
            assert.equal(answer.status, 401);
        });
    });
}
