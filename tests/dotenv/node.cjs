// Reads .env texts, a JSON array on standard input, with the package dotenv.
const { parse } = require('dotenv')
const texts = JSON.parse(require('fs').readFileSync(0, 'utf8'))
// Through bytes, as a file would come.
const answers = texts.map((text) => parse(Buffer.from(text, 'utf8').toString('utf8')))
process.stdout.write(JSON.stringify(answers))
