// Counts seconds down from what the server said was left: the clock of the device may be wrong.
// Reads the wall clock's difference, not ticks, so that a device that slept is right on waking.

export function countDown(seconds, show) {
  const start = Date.now();
  const step = () => {
    const left = Math.max(0, Math.ceil(seconds - (Date.now() - start) / 1000));
    show(left);
    if (left === 0) clearInterval(timer);
  };
  const timer = setInterval(step, 1000);
  step();
}

export function filled(left, pattern, short) {
  if (left < 60) return short.replace("{seconds}", left);
  const seconds = String(left % 60).padStart(2, "0");
  return pattern.replace("{minutes}", Math.floor(left / 60)).replace("{seconds}", seconds);
}
