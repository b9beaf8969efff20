// Tests and bench find a browser themselves (bench/chrome/find.ts): no download at install time.
module.exports = { skipDownload: true };
