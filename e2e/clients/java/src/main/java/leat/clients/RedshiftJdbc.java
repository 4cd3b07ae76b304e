package leat.clients;

import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;

/** Redshift's own JDBC driver goes the round that is in ../drivers/round.json. */
final class RedshiftJdbc {
    private static final String T = "round_jdbc";
    private final Connection connection;

    private RedshiftJdbc(Connection connection) { this.connection = connection; }

    public static void main(String[] args) throws Exception {
        JsonNode round = JsonNode.parser().parse(Files.readString(Path.of("clients/drivers/round.json")));
        Properties properties = new Properties();
        properties.setProperty("user", "admin");
        properties.setProperty("password", "any");
        properties.setProperty("ssl", "false");
        try (Connection connection = DriverManager.getConnection("jdbc:redshift://" + System.getenv("LEAT_SQL") + "/dev", properties)) {
            RedshiftJdbc jdbc = new RedshiftJdbc(connection);
            jdbc.types(round.field("types").get().asArray());
            jdbc.natives();
            jdbc.errors(round.field("errors").get().asArray());
            jdbc.transactions();
            jdbc.prepared();
            jdbc.batches();
            jdbc.cursors();
            jdbc.cancels(round.field("slow").get().asString());
            jdbc.metadata();
        }
    }

    private static void equal(Object got, Object want, String what) {
        Check.that(Objects.equals(got, want), what + ": got " + got + ", want " + want);
    }

    private static String text(JsonNode node, String name) { return node.field(name).map(JsonNode::text).orElse(null); }

    private void run(String sql, Object... args) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < args.length; i++) statement.setObject(i + 1, args[i]);
            statement.execute();
        }
    }

    private long number(String sql, Object... args) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < args.length; i++) statement.setObject(i + 1, args[i]);
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        }
    }

    private void fails(String sql, String state) {
        try {
            run(sql);
        } catch (SQLException e) {
            equal(e.getSQLState(), state, sql + ": " + e.getMessage());
            return;
        }
        throw new AssertionError(sql + " succeeded");
    }

    private void types(List<JsonNode> cases) throws SQLException {
        StringBuilder columns = new StringBuilder(), puts = new StringBuilder();
        List<String> texts = new ArrayList<>();
        for (JsonNode c : cases) {
            columns.append(", c").append(texts.size()).append(' ').append(text(c, "type"));
            puts.append(", ").append(text(c, "put"));
            texts.add(text(c, "text").repeat(c.field("times").map(n -> Integer.parseInt(n.text())).orElse(1)));
        }
        run("CREATE TABLE " + T + " (n integer" + columns + ")");
        run("INSERT INTO " + T + " VALUES (1" + puts + ")", texts.toArray());
        run("INSERT INTO " + T + " VALUES (2" + puts + ")", new Object[texts.size()]);
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery("SELECT * FROM " + T + " ORDER BY n")) {
            rows.next();
            for (int i = 0; i < texts.size(); i++) {
                String type = text(cases.get(i), "type"), got = rows.getString(i + 2);
                if (type.equals("boolean")) got = String.valueOf(rows.getBoolean(i + 2));
                equal(got, texts.get(i), type);
            }
            rows.next();
            for (int i = 0; i < texts.size(); i++) equal(rows.getString(i + 2), null, "NULL of " + text(cases.get(i), "type"));
        }
    }

    private void natives() throws SQLException {
        run("CREATE TABLE " + T + "_natives (a bigint, b integer, c float8, d boolean, e varchar(20), f numeric(38,4), g date, h timestamp)");
        Object[] values = {1L << 40, -7, 0.1, true, "ż😀'\\", new BigDecimal("12345678901234567890.1234"), java.sql.Date.valueOf("2024-02-29"),
                Timestamp.valueOf("2001-02-03 04:05:06.789")};
        run("INSERT INTO " + T + "_natives VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values);
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery("SELECT * FROM " + T + "_natives")) {
            rows.next();
            for (int i = 0; i < values.length; i++) equal(rows.getObject(i + 1), values[i], "native value " + i);
        }
        equal(number("SELECT COUNT(*) FROM " + T + "_natives WHERE a = ? AND e = ?", 1L << 40, "ż😀'\\"), 1L, "a comparison");
    }

    private void errors(List<JsonNode> cases) throws SQLException {
        for (JsonNode c : cases) {
            fails(text(c, "sql").replace("{t}", T), text(c, "state"));
            equal(number("SELECT 1"), 1L, "the connection after an error");
        }
    }

    private void transactions() throws SQLException {
        String t = T + "_tx";
        run("CREATE TABLE " + t + " (i integer)");
        connection.setAutoCommit(false);
        run("INSERT INTO " + t + " VALUES (1)");
        connection.commit();
        run("INSERT INTO " + t + " VALUES (1)");
        connection.rollback();
        run("INSERT INTO " + t + " VALUES (1)");
        fails("SELECT nosuchcolumn", "42703");
        fails("SELECT 1", "25P02");
        connection.rollback();
        connection.setAutoCommit(true);
        equal(number("SELECT COUNT(*) FROM " + t), 1L, "rows after transactions");
    }

    private void prepared() throws SQLException {
        String t = T + "_ddl";
        run("CREATE TABLE " + t + " (i integer)");
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + t + " (i) VALUES (?)");
                PreparedStatement count = connection.prepareStatement("SELECT COUNT(*) FROM " + t + " WHERE i <= ?")) {
            for (int i = 0; i < 12; i++) { // the driver names a statement at its fifth run
                insert.setInt(1, i);
                insert.execute();
                if (i % 5 == 2) run("ALTER TABLE " + t + " ADD COLUMN x" + i + " varchar(5) DEFAULT 'd'");
                count.setInt(1, i);
                try (ResultSet rows = count.executeQuery()) {
                    rows.next();
                    equal(rows.getInt(1), i + 1, "rows while the table changes");
                }
            }
        }
    }

    private void batches() throws SQLException {
        run("CREATE TABLE " + T + "_many (i integer, s varchar(10))");
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + T + "_many VALUES (?, ?)")) {
            for (int i = 0; i < 100; i++) {
                insert.setInt(1, i);
                insert.setString(2, "row " + i);
                insert.addBatch();
            }
            insert.executeBatch();
        }
        equal(number("SELECT SUM(i) FROM " + T + "_many"), 4950L, "a batch's rows");
    }

    /** Rows by fetch size; statements in between; a cursor closed midway. */
    private void cursors() throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(7);
            int seen = 0;
            try (ResultSet rows = statement.executeQuery("SELECT i FROM " + T + "_many ORDER BY i")) {
                while (rows.next()) {
                    equal(rows.getInt(1), seen++, "a row of the cursor");
                    if (seen % 30 == 0) equal(number("SELECT COUNT(*) FROM " + T + "_many WHERE i < ?", seen), (long) seen, "beside a cursor");
                }
            }
            equal(seen, 100, "rows of the cursor");
            try (ResultSet rows = statement.executeQuery("SELECT i FROM " + T + "_many ORDER BY i")) {
                rows.next();
            }
        }
        connection.commit();
        connection.setAutoCommit(true);
    }

    /** Timeouts and cancels, also beside a cursor that is read half. */
    private void cancels(String slow) throws Exception {
        String big = T + "_big";
        run("CREATE TABLE " + big + " (i integer)");
        run("INSERT INTO " + big + " VALUES (1)");
        for (int i = 0; i < 11; i++) run("INSERT INTO " + big + " SELECT i + 1 FROM " + big);
        slow = slow.replace("{big}", big);
        run("SET statement_timeout TO 200");
        fails(slow, "57014");
        run("SET statement_timeout TO 0");
        connection.setAutoCommit(false);
        try (Statement half = connection.createStatement(); Statement second = connection.createStatement()) {
            half.setFetchSize(3);
            try (ResultSet rows = half.executeQuery("SELECT i FROM " + T + "_many ORDER BY i")) {
                rows.next();
                AtomicBoolean ended = new AtomicBoolean();
                Thread cancel = new Thread(() -> {
                    try {
                        while (!ended.get()) {
                            Thread.sleep(50); // one that comes before the statement is lost
                            second.cancel();
                        }
                    } catch (SQLException | InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
                cancel.start();
                try {
                    second.executeQuery(slow);
                    throw new AssertionError("a cancelled statement succeeded");
                } catch (SQLException e) {
                    equal(e.getSQLState(), "57014", "a cancel: " + e.getMessage());
                } finally {
                    ended.set(true);
                    cancel.join();
                }
            }
        }
        connection.rollback();
        connection.setAutoCommit(true);
        equal(number("SELECT 1"), 1L, "the connection after a cancel");
    }

    private void metadata() throws SQLException {
        DatabaseMetaData data = connection.getMetaData();
        equal(data.getDatabaseProductVersion(), "8.0.2", "the version");
        try (ResultSet tables = data.getTables(null, "public", T, null)) {
            equal(tables.next(), true, "getTables");
        }
    }
}
