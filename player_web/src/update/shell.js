/** The player's own files: kept by a service worker; a new version takes over at a change of scene. */

/**
 * @param {URL} page address of the player's page
 * @param {() => void} replaced a new version is whole and waits for a reload
 */
export async function keepShell(page, replaced) {
  const container = navigator.serviceWorker;
  if (!container) return;
  const had = container.controller !== null;
  container.addEventListener("controllerchange", () => had && replaced());
  try {
    const registration = await container.register(new URL("service_worker.js", page), { scope: "./", updateViaCache: "none" });
    setInterval(() => registration.update().catch(() => {}), 10 * 60 * 1000);
  } catch (error) {
    console.warn("the shell is not kept", error);
  }
}
