/** Statements that write, or read what is not the asker's. Each must be refused with a code. */
export function hostileStatements(writtenFile: string): readonly string[] {
  return [
    ...filesOfTheMachine(writtenFile),
    ...otherServers,
    ...systemTables,
    ...writes,
    ...wayOutOfReadOnly,
    ...otherUsers,
  ];
}

function filesOfTheMachine(writtenFile: string): readonly string[] {
  return [
    "SELECT * FROM file('/etc/passwd', LineAsString)",
    "SELECT file('/etc/passwd')",
    "SELECT `file`('/etc/passwd')",
    'SELECT "file"(\'/etc/passwd\')',
    "SELECT FILE('/etc/passwd')",
    "SELECT/**/file/**/('/etc/passwd')",
    "SELECT 1 // '\n , file('/etc/passwd') // '",
    "WITH (SELECT file('/etc/passwd')) AS x SELECT x",
    "SELECT * FROM (SELECT * FROM file('/etc/passwd', LineAsString))",
    "SELECT count() FROM requests WHERE path IN (SELECT line FROM file('/etc/passwd', LineAsString))",
    "SELECT * FROM fileCluster('default', '/etc/passwd', LineAsString)",
    "DESCRIBE TABLE file('/etc/passwd')",
    "EXPLAIN SELECT * FROM file('/etc/passwd', LineAsString)",
    "SELECT * FROM view(SELECT * FROM file('/etc/passwd', LineAsString))",
    "SELECT * FROM loop(file('/etc/passwd', LineAsString))",
    "SELECT * FROM icebergLocal('/etc')",
    "SELECT * FROM deltaLakeLocal('/etc')",
    "SELECT * FROM sqlite('/etc/passwd', 't')",
    "SELECT * FROM executable('cat', 'LineAsString', 'a String')",
    `SELECT 1 INTO OUTFILE '${writtenFile}'`,
    `SELECT 1 INTO OUTFILE '${writtenFile}' TRUNCATE FORMAT CSV`,
    `INSERT INTO FUNCTION file('${writtenFile}', CSV, 'a UInt8') VALUES (1)`,
    `BACKUP DATABASE tomte TO File('${writtenFile}')`,
  ];
}

const otherServers = [
  "SELECT * FROM url('http://127.0.0.1:9/', CSV, 'a String')",
  "SELECT * FROM urlCluster('default', 'http://127.0.0.1:9/', CSV, 'a String')",
  "SELECT * FROM s3('http://127.0.0.1:9/bucket/a', CSV, 'a String')",
  "SELECT * FROM s3Cluster('default', 'http://127.0.0.1:9/bucket/a', CSV, 'a String')",
  "SELECT * FROM gcs('http://127.0.0.1:9/bucket/a', CSV, 'a String')",
  "SELECT * FROM hdfs('hdfs://127.0.0.1:9/a', CSV, 'a String')",
  "SELECT * FROM azureBlobStorage('http://127.0.0.1:9/bucket/a', 'c', 'b', CSV, 'a String')",
  "SELECT * FROM iceberg('http://127.0.0.1:9/bucket/a')",
  "SELECT * FROM deltaLake('http://127.0.0.1:9/bucket/a')",
  "SELECT * FROM remote('127.0.0.1:9', system.one)",
  "SELECT * FROM remoteSecure('127.0.0.1:9', system.one)",
  "SELECT * FROM cluster('default', system.users)",
  "SELECT * FROM clusterAllReplicas('default', system.processes)",
  "SELECT * FROM mysql('127.0.0.1:9', 'd', 't', 'u', 'p')",
  "SELECT * FROM postgresql('127.0.0.1:9', 'd', 't', 'u', 'p')",
  "SELECT * FROM mongodb('127.0.0.1:9', 'd', 't', 'u', 'p', 'a String')",
  "SELECT * FROM redis('127.0.0.1:9', 'k', 'k String, v String')",
  "SELECT hasColumnInTable('127.0.0.1:9', 'u', 'p', 'd', 't', 'c')",
  "INSERT INTO FUNCTION url('http://127.0.0.1:9/', CSV, 'a UInt8') VALUES (1)",
] as const;

const systemTables = [
  'SELECT * FROM system.users',
  'SELECT * FROM system.processes',
  'SELECT * FROM system.query_log',
  'SELECT * FROM system.server_settings',
  'SELECT * FROM system.disks',
  'SELECT * FROM system.user_processes',
  "SELECT * FROM merge('system', 'users|processes')",
  'SELECT * FROM view(SELECT * FROM system.users)',
  'SELECT * FROM loop(system.users)',
  'SELECT (SELECT count() FROM system.processes)',
  "SELECT dictGet('users', 'name', 1)",
  "SELECT * FROM dictionary('users')",
  "SELECT joinGet('system.users', 'name', 1)",
  'SHOW PROCESSLIST',
  'SHOW CREATE USER tomte',
] as const;

const writes = [
  "INSERT INTO requests (path) VALUES ('x')",
  'INSERT INTO requests SELECT * FROM requests',
  'ALTER TABLE requests DELETE WHERE 1',
  'ALTER TABLE requests UPDATE path = 1 WHERE 1',
  'DELETE FROM requests WHERE 1',
  'TRUNCATE TABLE requests',
  'DROP TABLE requests',
  'DROP DATABASE tomte',
  'DETACH TABLE requests',
  'RENAME TABLE requests TO gone',
  'OPTIMIZE TABLE requests FINAL',
  'CREATE TABLE t (a UInt8) ENGINE = Memory',
  'CREATE TEMPORARY TABLE t (a UInt8)',
  'CREATE VIEW v AS SELECT 1',
  'CREATE FUNCTION f AS x -> x',
  "CREATE DICTIONARY d (a UInt8) PRIMARY KEY a SOURCE(FILE(path '/etc/passwd' format 'CSV')) LIFETIME(0) LAYOUT(FLAT())",
  "ATTACH TABLE t FROM '/etc' (a UInt8) ENGINE = Log",
  'SYSTEM SHUTDOWN',
  'SYSTEM RELOAD CONFIG',
  'SYSTEM STOP MERGES',
  'KILL QUERY WHERE 1',
] as const;

const wayOutOfReadOnly = [
  'SELECT 1 SETTINGS readonly = 0',
  'SELECT 1 SETTINGS max_execution_time = 3600',
  'SELECT 1 SETTINGS max_memory_usage = 0',
  // Inside of a subquery the server takes settings without checking them, yet holds to the limits of the whole.
  'SELECT * FROM (SELECT sum(number) FROM numbers(10000000000000) SETTINGS max_rows_to_read = 0)',
  'SELECT * FROM (SELECT groupArray(repeat(toString(number), 1000)) FROM numbers(10000000) SETTINGS max_memory_usage = 0)',
  'SET readonly = 0',
  'SELECT 1; DROP TABLE requests',
  'SELECT 1 FORMAT Native',
] as const;

const otherUsers = [
  'GRANT ALL ON *.* TO tomte_reader',
  "CREATE USER u IDENTIFIED BY 'x'",
  'ALTER USER tomte_reader SETTINGS readonly = 0',
  'EXECUTE AS tomte SELECT 1',
  'SET ROLE ALL',
] as const;
