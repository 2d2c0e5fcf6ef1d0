// better-auth with e-mail OTP and nothing else: its own rate limits off, a known code, no mail.
//   node server.mjs          serve        node server.mjs seed N   migrate and make N people
// BENCH_MODULES is the folder that `python -m bench.peers_setup` filled.
import cluster from "node:cluster";
import http from "node:http";
import { createRequire } from "node:module";
import path from "node:path";

const { BENCH_MODULES, BENCH_SQLITE, BENCH_POSTGRES_PORT, BENCH_PROCESSES, BENCH_PORT } = process.env;
const resolve = createRequire(path.join(BENCH_MODULES, "none.js")).resolve;
const bring = (name) => import(resolve(name));
const BATCH = 1000;

async function database() {
  if (BENCH_POSTGRES_PORT) {
    const { default: pg } = await bring("pg");
    return new pg.Pool({
      host: "127.0.0.1",
      port: Number(BENCH_POSTGRES_PORT),
      user: "bench",
      database: "better_auth",
      max: 10,
    });
  }
  const { default: Sqlite } = await bring("better-sqlite3");
  const file = new Sqlite(BENCH_SQLITE);
  file.pragma("journal_mode=WAL");
  file.pragma("synchronous=FULL"); // as durable as the product
  file.pragma("busy_timeout=20000");
  return file;
}

async function options(store) {
  const { emailOTP } = await bring("better-auth/plugins");
  return {
    database: store,
    baseURL: `http://127.0.0.1:${BENCH_PORT}`,
    secret: "known to everybody: the bench talks to loopback only",
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { disabled: true },
    plugins: [
      emailOTP({ generateOTP: () => "123456", sendVerificationOTP: async () => {}, expiresIn: 3600 }),
    ],
  };
}

async function seed(count) {
  const store = await database();
  const { getMigrations } = await bring("better-auth/db/migration");
  const { runMigrations } = await getMigrations(await options(store));
  await runMigrations();
  const columns = `("id", "name", "email", "emailVerified", "createdAt", "updatedAt")`;
  const now = new Date().toISOString();
  for (let first = 0; first < count; first += BATCH) {
    const rows = [];
    for (let n = first; n < Math.min(first + BATCH, count); n++) {
      const truth = BENCH_POSTGRES_PORT ? "true" : "1";
      rows.push(
        `('${n.toString(36).padStart(32, "_")}', 'person${n}', 'person${n}@people.example', ${truth}, '${now}', '${now}')`,
      );
    }
    const statement = `INSERT INTO "user" ${columns} VALUES ${rows.join(",")}`;
    if (BENCH_POSTGRES_PORT) await store.query(statement);
    else store.exec(statement);
  }
  process.exit(0);
}

async function serve() {
  const { betterAuth } = await bring("better-auth");
  const { toNodeHandler } = await bring("better-auth/node");
  const auth = betterAuth(await options(await database()));
  http.createServer(toNodeHandler(auth)).listen(Number(BENCH_PORT), "127.0.0.1", 1024);
}

if (process.argv[2] === "seed") await seed(Number(process.argv[3]));
else if (cluster.isPrimary && Number(BENCH_PROCESSES) > 1) {
  for (let n = 0; n < Number(BENCH_PROCESSES); n++) cluster.fork();
} else await serve();
