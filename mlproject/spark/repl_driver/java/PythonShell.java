package org.apache.livy.repl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.spark.SparkConf;

/** The Python process of a session (`python -m livy_shell`). Both sides exchange one JSON object per line. */
final class PythonShell {
  private static final ObjectMapper JSON = new ObjectMapper();
  // Set by the configuration of the Livy server (spark-defaults.conf).
  private static final String FOLDER = "spark.mlproject.shellFolder";

  private final ReentrantLock lock = new ReentrantLock();
  private final Process process;
  private final BufferedWriter requests;
  private final BufferedReader answers;
  private volatile boolean ended = false;

  private PythonShell(Process process) {
    this.process = process;
    requests = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
    answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** Start Python, and return when it has connected to the gateway of this process. */
  static PythonShell start(SparkConf conf, int gatewayPort, String token) throws IOException {
    String python = conf.get("spark.pyspark.python");
    ProcessBuilder builder = new ProcessBuilder(python, "-u", "-m", "livy_shell");
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    Map<String, String> variables = builder.environment();
    variables.put("PYTHONPATH", conf.get(FOLDER) + File.pathSeparator + sparkLibraries());
    variables.put("PYSPARK_PYTHON", python);
    variables.put("PYSPARK_GATEWAY_PORT", String.valueOf(gatewayPort));
    variables.put("PYSPARK_GATEWAY_SECRET", token);
    // Then an interrupted call leaves no answer behind that the next call would read.
    variables.put("PYSPARK_PIN_THREAD", "false");
    variables.put("LIVY_SQL_ROWS", conf.get("spark.livy.rsc.sql.num-rows", "1000"));
    PythonShell shell = new PythonShell(builder.start());
    if (shell.answers.readLine() == null) {
      throw new IOException(python + " -m livy_shell ended before it was ready; its messages are above");
    }
    return shell;
  }

  ObjectNode execute(int id, String code, String kind) throws IOException {
    lock.lock();
    try {
      JsonNode answer = ask(JSON.createObjectNode().put("execute", code).put("kind", kind).put("id", id));
      return answer == null ? failure("the Python process of the session ended; delete it and start another session")
          : (ObjectNode) answer;
    } finally {
      lock.unlock();
    }
  }

  String[] complete(String code, String kind, int cursor) {
    if (!lock.tryLock()) {
      return new String[0];
    }
    try {
      JsonNode answer = ask(JSON.createObjectNode().put("complete", code).put("kind", kind).put("cursor", cursor));
      return answer == null ? new String[0] : JSON.convertValue(answer.get("candidates"), String[].class);
    } catch (IOException error) {
      return new String[0];
    } finally {
      lock.unlock();
    }
  }

  boolean isAlive() {
    return !ended;
  }

  /** Interrupt the running statement, as Ctrl-C does in a terminal. */
  void interrupt() {
    try {
      new ProcessBuilder("kill", "-INT", String.valueOf(process.pid())).inheritIO().start();
    } catch (IOException error) {
      System.err.println("the statement cannot be interrupted: " + error.getMessage());
    }
  }

  void stop() {
    process.destroyForcibly();
  }

  static ObjectNode failure(String message) {
    ObjectNode result = JSON.createObjectNode().put("status", "error").put("ename", "InterpreterError");
    result.put("evalue", message).putArray("traceback");
    return result;
  }

  /** Return null if the process has ended. */
  private JsonNode ask(ObjectNode request) throws IOException {
    try {
      requests.write(request.toString());
      requests.newLine();
      requests.flush();
    } catch (IOException error) {
      ended = true;
      return null;
    }
    String line = answers.readLine();
    ended = line == null;
    return ended ? null : JSON.readTree(line);
  }

  private static String sparkLibraries() throws IOException {
    File[] archives = new File(System.getenv("SPARK_HOME"), "python/lib").listFiles((folder, name) -> name.endsWith(".zip"));
    if (archives == null || archives.length == 0) {
      throw new IOException("SPARK_HOME contains no python/lib/*.zip");
    }
    StringBuilder paths = new StringBuilder();
    for (File archive : archives) {
      paths.append(archive).append(File.pathSeparator);
    }
    return paths.toString();
  }
}
