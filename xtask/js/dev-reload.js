// In `cargo xtask dev` alone: reloads the page once the build is another one. It asks for one small file,
// because that also works while the server is being restarted.
const address = new URL("./build-id.txt", import.meta.url);
let known;

async function look() {
  try {
    const reply = await fetch(address, { cache: "no-store" });
    if (reply.ok) {
      const id = await reply.text();
      if (known !== undefined && id !== known) location.reload();
      known = id;
    }
  } catch {
    // The server is being restarted: ask again.
  }
  setTimeout(look, 500);
}

look();
