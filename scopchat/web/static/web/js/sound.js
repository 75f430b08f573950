// The sound of a text that came in. Browsers let a page be heard once its person has touched it: until then `ring` is
// refused, and another tab may be luckier.
let sound = null;

export function ring() {
  sound ??= new Audio(new URL("../sounds/arrival.wav", import.meta.url));
  sound.currentTime = 0;
  return sound.play();
}
