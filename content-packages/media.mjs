/**
 * Media samples, drawn and played by the ffmpeg command: a short film (H.264/AAC, MP4) and a sound recording (MP3). No file is taken from
 * elsewhere, so nobody's rights are in question.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const SLIDES = [
  ["0x14423f", "Sécurité routière", "sur chantier"],
  ["0x0b5a55", "1. Préparer", "Le schéma, le matériel, l’arrêté"],
  ["0x7a4e05", "2. Se rendre visible", "Classe 3 la nuit et sous la pluie"],
  ["0x8a2a1c", "3. Poser dans le sens", "de la circulation, AK5 d’abord"],
  ["0x1d6a35", "4. Déposer en sens inverse", "L’AK5 en dernier"],
];
const SECONDS_A_SLIDE = 5;
/** Notes of a slow arpeggio in F, in hertz: something pleasant to recognise that the sound plays. */
const NOTES = [174.61, 220.0, 261.63, 349.23, 261.63, 220.0];

function ffmpeg(args) {
  execFileSync("ffmpeg", ["-hide_banner", "-loglevel", "error", "-nostdin", "-y", ...args], { stdio: ["ignore", "inherit", "inherit"] });
}
/** A font for the titles, where the machine has one; without any the film is coloured slides. */
function findFont() {
  try {
    const path = execFileSync("fc-match", ["-f", "%{file}", "DejaVu Sans:bold:lang=fr"], { encoding: "utf8" }).trim();
    return path && existsSync(path) ? path : null;
  } catch {
    return null;
  }
}
function melody(seconds) {
  const terms = NOTES.map((note, index) => `between(mod(t\\,${NOTES.length})\\,${index}\\,${index + 0.999})*sin(2*PI*${note}*t)`).join("+");
  return `aevalsrc=0.16*exp(-1.6*mod(t\\,1))*min(1\\,40*mod(t\\,1))*(${terms}):s=44100:d=${seconds}`;
}
function film(target, work) {
  const font = findFont();
  const seconds = SLIDES.length * SECONDS_A_SLIDE;
  const inputs = [];
  const chains = SLIDES.map(([colour, title, line], index) => {
    inputs.push("-f", "lavfi", "-i", `color=c=${colour}:s=854x480:r=15:d=${SECONDS_A_SLIDE}`);
    const share = `(${index}+t/${SECONDS_A_SLIDE})/${SLIDES.length}`;
    const texts = font === null ? [] : [[title, 56, "h/2-70"], [line, 32, "h/2+20"]].map(([text, size, y], rank) => {
      const file = join(work, `${index}-${rank}.txt`);
      writeFileSync(file, text);
      return `drawtext=fontfile='${font}':textfile='${file}':fontsize=${size}:fontcolor=0xfbf8f2:x=(w-text_w)/2:y=${y}:alpha='min(1,t*2)'`;
    });
    return `[${index}:v]${[...texts, "format=yuv420p"].join(",")}[base${index}];color=c=0xf0b429:s=854x8:r=15:d=${SECONDS_A_SLIDE}[bar${index}];` +
      `[base${index}][bar${index}]overlay=x='-w+w*${share}':y=H-8[v${index}]`;
  });
  const joined = SLIDES.map((_, index) => `[v${index}]`).join("") + `concat=n=${SLIDES.length}:v=1:a=0[v]`;
  ffmpeg([
    ...inputs, "-f", "lavfi", "-i", melody(seconds), "-filter_complex", `${chains.join(";")};${joined}`,
    "-map", "[v]", "-map", `${SLIDES.length}:a`, "-c:v", "libx264", "-preset", "veryfast", "-crf", "28", "-g", "30", "-pix_fmt", "yuv420p",
    "-c:a", "aac", "-b:a", "64k", "-ac", "1", "-movflags", "+faststart", "-shortest", "-fflags", "+bitexact", "-f", "mp4",
    "-metadata", "title=Sécurité routière sur chantier", "-metadata:s:a:0", "language=fra", target,
  ]);
}
function recording(target) {
  ffmpeg([
    "-f", "lavfi", "-i", melody(24), "-c:a", "libmp3lame", "-b:a", "64k", "-ac", "1", "-id3v2_version", "3", "-f", "mp3",
    "-metadata", "title=L’accueil en vingt-quatre secondes", "-metadata", "artist=Formation du Département", target,
  ]);
}

/** Makes `chantier.mp4` and `accueil.mp3` in a folder, unless this script has already made them there. */
export function buildMedia(folder) {
  const stamp = join(folder, ".sources");
  const digest = createHash("sha256").update(readFileSync(fileURLToPath(import.meta.url))).digest("hex");
  const samples = { "chantier.mp4": film, "accueil.mp3": recording };
  const current = existsSync(stamp) && readFileSync(stamp, "utf8") === digest;
  if (current && Object.keys(samples).every((name) => existsSync(join(folder, name)))) {
    console.log("Media samples: nothing changed.");
    return;
  }
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(join(folder, ".work-"));
  try {
    for (const [name, make] of Object.entries(samples)) {
      make(join(work, name), work);
      renameSync(join(work, name), join(folder, name));
    }
    writeFileSync(stamp, digest);
    console.log(`Media samples: ${Object.keys(samples).join(", ")}.`);
  } catch (error) {
    console.error(error.code === "ENOENT" ? "content-packages: the ffmpeg command is missing." : `content-packages: ffmpeg failed (${error.message}).`);
    process.exitCode = 1;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
