// A chat room as a Node server has it: express-less Socket.IO, each message a row in PostgreSQL first.
//   node socket-io-room.mjs PORT DATABASE_URL [REDIS_URL]
// With Redis other processes could have people in the room, too.
import { createServer } from "node:http";

import { createAdapter } from "@socket.io/redis-adapter";
import { Redis } from "ioredis";
import pg from "pg";
import { Server } from "socket.io";

const [port, databaseUrl, redisUrl] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 });
await pool.query(
  "CREATE TABLE IF NOT EXISTS messages (id bigserial PRIMARY KEY, room text NOT NULL, user_id bigint NOT NULL, " +
    "message text NOT NULL, is_deleted boolean NOT NULL DEFAULT false, created_at timestamptz NOT NULL DEFAULT now())",
);
await pool.query("CREATE INDEX IF NOT EXISTS messages_room ON messages (room, id)");

const http = createServer();
const adapter = redisUrl && createAdapter(new Redis(redisUrl), new Redis(redisUrl));
const io = new Server(http, { transports: ["websocket"], ...(adapter && { adapter }) });
const viewers = new Map();

function announce(room, event, change) {
  const count = (viewers.get(room) ?? 0) + change;
  viewers.set(room, count);
  io.to(room).emit(event, { userId: null, username: null, viewerCount: count });
}

let people = 0;
io.on("connection", (socket) => {
  const userId = ++people;
  let room = null;
  socket.on("join-room", async ({ roomId }, answer) => {
    const { rows } = await pool.query(
      "SELECT id, user_id, message, created_at FROM messages WHERE room = $1 AND NOT is_deleted ORDER BY id DESC LIMIT 50",
      [roomId],
    );
    room = roomId;
    await socket.join(room);
    announce(room, "viewer-joined", 1);
    answer({ roomId, messages: rows.reverse() });
  });
  socket.on("chat-message", async ({ message }) => {
    if (!room || typeof message !== "string" || message.length > 500) return;
    const { rows } = await pool.query(
      "INSERT INTO messages (room, user_id, message) VALUES ($1, $2, $3) RETURNING id, created_at",
      [room, userId, message],
    );
    const [{ id, created_at: timestamp }] = rows;
    io.to(room).emit("new-message", { id, userId, username: `user${userId}`, message, timestamp });
  });
  socket.on("disconnect", () => room && announce(room, "viewer-left", -1));
});
http.listen(Number(port), "127.0.0.1", 4096, () => console.log("ready"));
