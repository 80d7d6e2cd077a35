/** The columns that make up a row of the table of inputs. */
export const inputColumns = `seq, app, id, kind, url, hash, raw, data, info, status, details, attempts, job,
  created_at, modified_at`
