"""The account of ec2-user: variables of the project, proxy, private certificates and Git identity.

The home directory is new at each start, so that everything is written again.
"""

import json
import shlex
import subprocess
from pathlib import Path

from mlproject_notebook.files import write_atomically
from mlproject_notebook.instance import TOOLS, description_path, log, read_json, write_setup
from mlproject_notebook.texts import TEXTS

# The certificates of Amazon Linux 2023 and, in tests, of Debian.
_SYSTEM_CERTIFICATES = (Path("/etc/pki/tls/certs/ca-bundle.crt"), Path("/etc/ssl/certs/ca-certificates.crt"))
_BUNDLE = TOOLS / "ca-bundle.pem"
_ENVIRONMENT = TOOLS / "environment"
# AWS has endpoints in the network, the cluster has a private address, and the metadata service is on the machine.
_NO_PROXY = (
    *("localhost", "127.0.0.1", "169.254.169.254", ".amazonaws.com", ".amazonaws.com.cn"),
    *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),
)
# Read by the AWS CLI and boto3, by requests and SparkMagic, by pip, and by Python's ssl.
_CERTIFICATE_VARIABLES = ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "PIP_CERT", "SSL_CERT_FILE")
_SPARK, _PYSPARK = "sparkmagic.kernels.", "sparkmagic.kernels.pysparkkernel.pysparkkernel"
_KERNELS = (".local/share/jupyter/kernels", "anaconda3/share/jupyter/kernels", "anaconda3/envs/*/share/jupyter/kernels")


def network_variables(description):
    """Return the variables of the proxy and of the certificates."""
    found = {}
    if description["proxy"]:
        direct = ",".join([*_NO_PROXY, *description["direct_hosts"]])
        proxy = description["proxy"]
        for name, value in (("http_proxy", proxy), ("https_proxy", proxy), ("no_proxy", direct)):
            found.update({name: value, name.upper(): value})
    if _certificates().is_file():
        found.update(dict.fromkeys(_CERTIFICATE_VARIABLES, str(_BUNDLE)))
    return found


def shell_variables(description):
    """Return the variables of terminals and of the project's kernel."""
    return {**description["variables"], **network_variables(description)}


def prepare(description):
    """Set up the account. What fails is recorded for the status, and prevents nothing else."""
    problems = []
    for step in (_write_certificates, _write_environment, _write_git_identity, write_kernels):
        try:
            problem = step(description)
        except (OSError, ValueError) as error:
            problem = f"{step.__name__.strip('_').replace('_', ' ')}: {error}"
        if problem:
            log(problem)
            problems.append(problem)
    write_setup(problems=problems, log_problems=[], start_script={}, cluster={})


def _certificates():
    return TOOLS / "certificates.pem"


def _write_certificates(description):
    """A bundle replaces the certificates of the system, which the endpoints of AWS need, so that it contains both."""
    if not _certificates().is_file():
        return None
    system = next((path for path in _SYSTEM_CERTIFICATES if path.is_file()), None)
    write_atomically(_BUNDLE, (system.read_text() + "\n" if system else "") + _certificates().read_text())
    return None if system else TEXTS[description["language"]]["no_certificates"]


def _write_environment(description):
    exports = [f"export {name}={shlex.quote(value)}" for name, value in shell_variables(description).items()]
    write_atomically(_ENVIRONMENT, "\n".join(exports) + "\n")
    bashrc = Path.home() / ".bashrc"
    line = f". {_ENVIRONMENT}\n"
    text = bashrc.read_text() if bashrc.exists() else ""
    if line not in text:
        write_atomically(bashrc, f"{text.rstrip()}\n{line}".lstrip())


def _write_git_identity(description):
    identity = description["git_identity"]
    settings = {f"user.{key}": value for key, value in identity.items()} if identity else {}
    if _BUNDLE.is_file():
        settings["http.sslCAInfo"] = str(_BUNDLE)
    if description["proxy"]:
        settings["http.proxy"] = description["proxy"]
    for name, value in settings.items():
        done = subprocess.run(["git", "config", "--global", name, value], capture_output=True, text=True, check=False)
        if done.returncode:
            return f"git config {name}: {done.stderr.strip()}"
    return None


def write_kernels(description):
    """Add variables to the kernels of the machine, and write a Python kernel that has SparkMagic.

    All have proxy and certificates, since Jupyter started before the proxy was known. Those of SparkMagic also have the
    variables of the project, which their local cells read, and find what signs requests to an EMR Serverless
    application.
    """
    network = network_variables(description)
    specs = {path: read_json(path) for path in _kernel_paths()}
    spark = {path for path, spec in specs.items() if _SPARK in json.dumps(spec)}
    spark_variables = {**description["variables"], **_authenticator(description)}
    for path, spec in specs.items():
        variables = {**(spark_variables if path in spark else {}), **network}
        if spec and variables:
            spec["env"] = {**spec.get("env", {}), **variables}
            write_atomically(path, json.dumps(spec, indent=1))
    if not description["livy_parameter"]:
        return None
    pyspark = next((specs[path] for path in sorted(spark) if _PYSPARK in specs[path].get("argv", [])), None)
    if pyspark:
        _write_python_kernel(pyspark)
    texts = TEXTS[description["language"]]
    if not spark:
        return texts["no_sparkmagic"]
    can_sign = not _authenticator(description) or not pyspark or _has_botocore(pyspark["argv"][0])
    return None if can_sign else texts["no_botocore"].format(python=pyspark["argv"][0])


def _authenticator(description):
    """Return the variable with which SparkMagic finds our authenticator, if the notebook uses an application."""
    return {"PYTHONPATH": str(TOOLS / "authenticator")} if description.get("livy_role") else {}


def _has_botocore(python):
    """Return whether the Python of SparkMagic can sign requests. Which Python a bare name means, only Jupyter knows."""
    if not Path(python).is_absolute():
        return True
    return subprocess.run([python, "-c", "import botocore.auth"], capture_output=True, check=False).returncode == 0


def _kernel_paths():
    return [path for folder in _KERNELS for path in sorted(Path.home().glob(f"{folder}/*/kernel.json"))]


def _write_python_kernel(pyspark):
    """Write a kernel for `%load_ext sparkmagic.magics` with the Python of the PySpark kernel, which has SparkMagic."""
    argv = [pyspark["argv"][0], "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {**pyspark, "argv": argv, "display_name": "Python (Sparkmagic)", "language": "python"}
    write_atomically(Path.home() / _KERNELS[0] / "sparkmagic" / "kernel.json", json.dumps(spec, indent=1))


if __name__ == "__main__":
    prepare(read_json(description_path()))
