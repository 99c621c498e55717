<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="es" sourcelanguage="en">
<context>
    <name></name>
    <message>
        <source>detail</source>
        <translation>detalle</translation>
    </message>
    <message>
        <source>info</source>
        <translation>info</translation>
    </message>
    <message>
        <source>done</source>
        <translation>hecho</translation>
    </message>
    <message>
        <source>warning</source>
        <translation>aviso</translation>
    </message>
    <message>
        <source>error</source>
        <translation>error</translation>
    </message>
    <message>
        <source>TEE-Rex {version} started</source>
        <translation>TEE-Rex {version} ha arrancado</translation>
    </message>
    <message>
        <source>TEE-Rex is closing</source>
        <translation>TEE-Rex se está cerrando</translation>
    </message>
    <message>
        <source>Still missing: {things}</source>
        <translation>Aún falta: {things}</translation>
    </message>
    <message>
        <source>This machine has all that proving needs</source>
        <translation>Este equipo tiene todo lo necesario para generar pruebas</translation>
    </message>
    <message>
        <source>{service}: checking</source>
        <translation>{service}: comprobando</translation>
    </message>
    <message>
        <source>The enclave is attested: {detail}</source>
        <translation>El enclave está atestado: {detail}</translation>
    </message>
    <message>
        <source>The enclave is refused: {detail}</source>
        <translation>El enclave se rechaza: {detail}</translation>
    </message>
    <message>
        <source>{mode} can be chosen now</source>
        <translation>{mode} ya se puede elegir</translation>
    </message>
    <message>
        <source>Mode: {mode}</source>
        <translation>Modo: {mode}</translation>
    </message>
    <message>
        <source>Proving {source} · {mode}</source>
        <translation>Generando la prueba de {source} · {mode}</translation>
    </message>
    <message numerus="yes">
        <source>%n circuit(s)</source>
        <translation>
            <numerusform>%n circuito</numerusform>
            <numerusform>%n circuitos</numerusform>
        </translation>
    </message>
    <message>
        <source>Circuit {index} of {count}, {name}: {time}</source>
        <translation>Circuito {index} de {count}, {name}: {time}</translation>
    </message>
    <message>
        <source>Final proof and self-check: {time}</source>
        <translation>Prueba final y autocomprobación: {time}</translation>
    </message>
    <message>
        <source>Cancelling</source>
        <translation>Cancelando</translation>
    </message>
    <message>
        <source>{source} cancelled after {time}</source>
        <translation>{source}: cancelado tras {time}</translation>
    </message>
    <message>
        <source>{source} failed after {time}</source>
        <translation>{source}: falló tras {time}</translation>
    </message>
    <message>
        <source>{source} proved and verified in {time}, proof {digest}</source>
        <translation>{source}: probado y verificado en {time}, prueba {digest}</translation>
    </message>
    <message>
        <source>{source} proved in {time}, not verified here</source>
        <translation>{source}: probado en {time}, sin verificar aquí</translation>
    </message>
    <message>
        <source>{flow} begins · {mode}</source>
        <translation>{flow}: comienza · {mode}</translation>
    </message>
    <message>
        <source>Network with chain {chain} · {setup}</source>
        <translation>Red con cadena {chain} · {setup}</translation>
    </message>
    <message>
        <source>The wallet is tried again, attempt {number}</source>
        <translation>Se intenta de nuevo la cartera, intento {number}</translation>
    </message>
    <message>
        <source>Step {index} of {count}: {step}</source>
        <translation>Paso {index} de {count}: {step}</translation>
    </message>
    <message>
        <source>{step}: sent as {transaction}</source>
        <translation>{step}: enviada como {transaction}</translation>
    </message>
    <message>
        <source>{step}: confirmed in block {block}</source>
        <translation>{step}: confirmada en el bloque {block}</translation>
    </message>
    <message>
        <source>{flow} done in {time}</source>
        <translation>{flow}: hecho en {time}</translation>
    </message>
    <message>
        <source>Something in TEE-Rex itself went wrong: {error}, {place}</source>
        <translation>Algo falló en el propio TEE-Rex: {error}, {place}</translation>
    </message>
    <message>
        <source>TEE-Rex ended by itself the last time; its traces are in the log folder</source>
        <translation>TEE-Rex se cerró solo la última vez; sus trazas están en la carpeta del registro</translation>
    </message>
    <message>
        <source>development setup</source>
        <translation>configuración de desarrollo</translation>
    </message>
    <message>
        <source>genuine setup</source>
        <translation>configuración auténtica</translation>
    </message>
    <message>
        <source>The proof failed</source>
        <translation>La prueba falló</translation>
    </message>
    <message>
        <source>Proof made and verified</source>
        <translation>Prueba generada y verificada</translation>
    </message>
    <message>
        <source>Proof made, not verified here</source>
        <translation>Prueba generada, sin verificar aquí</translation>
    </message>
    <message>
        <source>Prove</source>
        <translation>Probar</translation>
    </message>
    <message>
        <source>History</source>
        <translation>Historial</translation>
    </message>
    <message>
        <source>Attestation</source>
        <translation>Atestación</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Ajustes</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Registro</translation>
    </message>
    <message>
        <source>Diagnostics…</source>
        <translation>Diagnóstico…</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Atajos de teclado</translation>
    </message>
    <message>
        <source>About TEE-Rex</source>
        <translation>Acerca de TEE-Rex</translation>
    </message>
    <message>
        <source>Sample: deploy account</source>
        <translation>Muestra: desplegar cuenta</translation>
    </message>
    <message>
        <source>Local</source>
        <translation>Local</translation>
    </message>
    <message>
        <source>Remote</source>
        <translation>Remoto</translation>
    </message>
    <message>
        <source>TEE</source>
        <translation>TEE</translation>
    </message>
    <message>
        <source>Its operator could read your witness.</source>
        <translation>Quien lo opera podría leer su testigo.</translation>
    </message>
    <message>
        <source>Only attested code sees your witness.</source>
        <translation>Solo código atestado ve su testigo.</translation>
    </message>
    <message>
        <source>Nobody else could read the witness: it stayed on this machine.</source>
        <translation>Nadie más pudo leer el testigo: no salió de este equipo.</translation>
    </message>
    <message>
        <source>The server&apos;s operator, and whoever ends its TLS, could read the witness.</source>
        <translation>Quien opera el servidor, y quien termina su TLS, pudo leer el testigo.</translation>
    </message>
    <message>
        <source>Nobody outside the attested enclave could read the witness.</source>
        <translation>Nadie fuera del enclave atestado pudo leer el testigo.</translation>
    </message>
    <message>
        <source>Locked: its address cannot be used.</source>
        <translation>Bloqueado: su dirección no se puede usar.</translation>
    </message>
    <message>
        <source>Locked: the enclave is not attested.</source>
        <translation>Bloqueado: el enclave no está atestado.</translation>
    </message>
    <message>
        <source>Embedded prover</source>
        <translation>Probador integrado</translation>
    </message>
    <message>
        <source>Aztec node</source>
        <translation>Nodo de Aztec</translation>
    </message>
    <message>
        <source>Remote prover</source>
        <translation>Probador remoto</translation>
    </message>
    <message>
        <source>TEE enclave</source>
        <translation>Enclave TEE</translation>
    </message>
    <message>
        <source>Wallet</source>
        <translation>Cartera</translation>
    </message>
    <message>
        <source>connected</source>
        <translation>conectado</translation>
    </message>
    <message>
        <source>available</source>
        <translation>disponible</translation>
    </message>
    <message>
        <source>attested</source>
        <translation>atestado</translation>
    </message>
    <message>
        <source>checking…</source>
        <translation>comprobando…</translation>
    </message>
    <message>
        <source>ready</source>
        <translation>listo</translation>
    </message>
    <message>
        <source>not set up</source>
        <translation>sin configurar</translation>
    </message>
    <message>
        <source>not ready</source>
        <translation>no listo</translation>
    </message>
    <message>
        <source>no answer</source>
        <translation>sin respuesta</translation>
    </message>
    <message>
        <source>refused</source>
        <translation>rechazado</translation>
    </message>
    <message>
        <source>Not a genuine Nitro enclave</source>
        <translation>No es un enclave Nitro auténtico</translation>
    </message>
    <message>
        <source>A genuine Nitro enclave in debug mode</source>
        <translation>Un enclave Nitro auténtico en modo de depuración</translation>
    </message>
    <message>
        <source>debug mode</source>
        <translation>depuración</translation>
    </message>
    <message>
        <source>AWS signed it, but its operator can look inside. Nothing is sent to it.</source>
        <translation>AWS lo firmó, pero quien lo opera puede mirar dentro. No se le envía nada.</translation>
    </message>
    <message>
        <source>Signed by AWS hardware.</source>
        <translation>Firmado por hardware de AWS.</translation>
    </message>
    <message>
        <source>Signed by AWS hardware for this request, just now.</source>
        <translation>Firmado por hardware de AWS para esta petición, ahora mismo.</translation>
    </message>
    <message>
        <source>Signed by AWS hardware; judged as of {time}, since its certificates have expired.</source>
        <translation>Firmado por hardware de AWS; se juzga a fecha de {time}, pues sus certificados han caducado.</translation>
    </message>
    <message>
        <source>Debug mode is off, so nobody can look inside.</source>
        <translation>La depuración está desactivada: nadie puede mirar dentro.</translation>
    </message>
    <message>
        <source>A genuine Nitro enclave</source>
        <translation>Un enclave Nitro auténtico</translation>
    </message>
    <message>
        <source>Its code is not known</source>
        <translation>Su código no se conoce</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>desconocido</translation>
    </message>
    <message>
        <source>Only a genuine document can tell which code runs.</source>
        <translation>Solo un documento auténtico puede decir qué código se ejecuta.</translation>
    </message>
    <message>
        <source>Its code is not measured</source>
        <translation>Su código no se mide</translation>
    </message>
    <message>
        <source>not measured</source>
        <translation>sin medir</translation>
    </message>
    <message>
        <source>In debug mode Nitro measures nothing: any code could run.</source>
        <translation>En modo de depuración Nitro no mide nada: podría ejecutarse cualquier código.</translation>
    </message>
    <message>
        <source>It measures to {name}.</source>
        <translation>Sus medidas son las de {name}.</translation>
    </message>
    <message>
        <source>It measures to {name}, which you pinned on {day}.</source>
        <translation>Sus medidas son las de {name}, que usted fijó el {day}.</translation>
    </message>
    <message>
        <source>Running code that you approved</source>
        <translation>Ejecuta código que usted aprobó</translation>
    </message>
    <message>
        <source>approved</source>
        <translation>aprobado</translation>
    </message>
    <message>
        <source>You have approved no build yet.</source>
        <translation>Aún no ha aprobado ninguna compilación.</translation>
    </message>
    <message>
        <source>PCR0 is not that of your {count} approved builds.</source>
        <translation>PCR0 no es el de sus {count} compilaciones aprobadas.</translation>
    </message>
    <message>
        <source>PCR0 is not that of your approved build.</source>
        <translation>PCR0 no es el de su compilación aprobada.</translation>
    </message>
    <message>
        <source>Running code you have not approved</source>
        <translation>Ejecuta código que usted no ha aprobado</translation>
    </message>
    <message>
        <source>not approved</source>
        <translation>no aprobado</translation>
    </message>
    <message>
        <source>Until you pin it, TEE mode sends nothing to this enclave.</source>
        <translation>Hasta que la fije, el modo TEE no envía nada a este enclave.</translation>
    </message>
    <message>
        <source>Signature</source>
        <translation>Firma</translation>
    </message>
    <message>
        <source>ES384 over the document, by the enclave&apos;s certificate</source>
        <translation>ES384 sobre el documento, con el certificado del enclave</translation>
    </message>
    <message>
        <source>Form of the document</source>
        <translation>Forma del documento</translation>
    </message>
    <message>
        <source>Certificate chain</source>
        <translation>Cadena de certificados</translation>
    </message>
    <message>
        <source>Document</source>
        <translation>Documento</translation>
    </message>
    <message>
        <source>There is none.</source>
        <translation>No hay ninguno.</translation>
    </message>
    <message>
        <source>The envelope and the fields that AWS describes</source>
        <translation>El sobre y los campos que AWS describe</translation>
    </message>
    <message>
        <source>Leads to the AWS Nitro root</source>
        <translation>Lleva a la raíz AWS Nitro</translation>
    </message>
    <message>
        <source>Not looked at: nothing in a document that is not genuine can be trusted.</source>
        <translation>No se ha mirado: nada de un documento no auténtico es de fiar.</translation>
    </message>
    <message>
        <source>Encryption key</source>
        <translation>Clave de cifrado</translation>
    </message>
    <message>
        <source>Prover binary</source>
        <translation>Binario del probador</translation>
    </message>
    <message>
        <source>Code measurements</source>
        <translation>Medidas del código</translation>
    </message>
    <message>
        <source>{count} certificates, from the enclave&apos;s up to the root of AWS Nitro</source>
        <translation>{count} certificados, desde el del enclave hasta la raíz de AWS Nitro</translation>
    </message>
    <message>
        <source>Made for this request</source>
        <translation>Hecho para esta petición</translation>
    </message>
    <message>
        <source>Not asked: a kept document was made for an earlier request</source>
        <translation>Sin preguntar: un documento guardado se hizo para una petición anterior</translation>
    </message>
    <message>
        <source>Not asked, as your settings say: it may be an old one sent again</source>
        <translation>Sin preguntar, según sus ajustes: puede ser uno antiguo enviado otra vez</translation>
    </message>
    <message>
        <source>The 32 random bytes that were sent came back in it</source>
        <translation>Los 32 bytes aleatorios enviados han vuelto en él</translation>
    </message>
    <message>
        <source>Age</source>
        <translation>Antigüedad</translation>
    </message>
    <message>
        <source>Made on {time}</source>
        <translation>Hecho el {time}</translation>
    </message>
    <message>
        <source>{age} old when it came; {limit} are allowed</source>
        <translation>Tenía {age} al llegar; se permiten {limit}</translation>
    </message>
    <message>
        <source>Debug mode</source>
        <translation>Modo de depuración</translation>
    </message>
    <message>
        <source>On: PCR0, PCR1 and PCR2 are zero</source>
        <translation>Activado: PCR0, PCR1 y PCR2 son cero</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>Desactivado</translation>
    </message>
    <message>
        <source>The document carries none</source>
        <translation>El documento no lleva ninguna</translation>
    </message>
    <message>
        <source>Sits inside the signed document</source>
        <translation>Está dentro del documento firmado</translation>
    </message>
    <message>
        <source>The document names none</source>
        <translation>El documento no nombra ninguno</translation>
    </message>
    <message>
        <source>Named in the document</source>
        <translation>Nombrado en el documento</translation>
    </message>
    <message>
        <source>On the list that this app carries</source>
        <translation>En la lista que lleva esta aplicación</translation>
    </message>
    <message>
        <source>Code measurement PCR0</source>
        <translation>Medida del código PCR0</translation>
    </message>
    <message>
        <source>The whole image, as of {name}</source>
        <translation>La imagen completa, como la de {name}</translation>
    </message>
    <message>
        <source>The whole image; you have approved no build</source>
        <translation>La imagen completa; no ha aprobado ninguna compilación</translation>
    </message>
    <message>
        <source>The same image, but other parts differ</source>
        <translation>La misma imagen, pero otras partes difieren</translation>
    </message>
    <message>
        <source>None of those approved: {builds}</source>
        <translation>Ninguna de las aprobadas: {builds}</translation>
    </message>
    <message>
        <source>Kernel and application PCR1, PCR2</source>
        <translation>Núcleo y aplicación PCR1, PCR2</translation>
    </message>
    <message>
        <source>Parts of the image, measured again</source>
        <translation>Partes de la imagen, medidas otra vez</translation>
    </message>
    <message>
        <source>As approved</source>
        <translation>Como se aprobó</translation>
    </message>
    <message>
        <source>Within PCR0; you pinned that alone</source>
        <translation>Dentro de PCR0; usted fijó solo ese</translation>
    </message>
    <message>
        <source>other version</source>
        <translation>otra versión</translation>
    </message>
    <message>
        <source>Needed for transactions on a network, not for the sample.</source>
        <translation>Hace falta para transacciones en una red, no para la muestra.</translation>
    </message>
    <message>
        <source>Proves for you on a faster machine.</source>
        <translation>Genera pruebas por usted en un equipo más rápido.</translation>
    </message>
    <message>
        <source>Your witness stays here.</source>
        <translation>Su testigo se queda aquí.</translation>
    </message>
    <message>
        <source>Locked: no enclave yet.</source>
        <translation>Bloqueado: sin enclave.</translation>
    </message>
    <message>
        <source>Locked: no server yet.</source>
        <translation>Bloqueado: sin servidor.</translation>
    </message>
    <message>
        <source>Locked: no approved build.</source>
        <translation>Bloqueado: nada aprobado.</translation>
    </message>
    <message>
        <source>Locked: it proves for another Aztec version.</source>
        <translation>Bloqueado: es de otra versión de Aztec.</translation>
    </message>
    <message>
        <source>Proves where even its operator cannot look.</source>
        <translation>Genera pruebas donde ni quien lo opera puede mirar.</translation>
    </message>
    <message>
        <source>It must begin with https:// unless it is this machine.</source>
        <translation>Debe empezar por https://, salvo que sea este equipo.</translation>
    </message>
    <message>
        <source>Nothing goes to code you have not approved.</source>
        <translation>Nada va a código que usted no ha aprobado.</translation>
    </message>
    <message>
        <source>Nothing is sent until it proves what it runs.</source>
        <translation>No se envía nada hasta que demuestre qué ejecuta.</translation>
    </message>
    <message>
        <source>See Remote prover at the side.</source>
        <translation>Vea Probador remoto al lado.</translation>
    </message>
    <message>
        <source>Set up…</source>
        <translation>Configurar…</translation>
    </message>
    <message>
        <source>Correct it…</source>
        <translation>Corregirla…</translation>
    </message>
    <message>
        <source>Review its code…</source>
        <translation>Revisar su código…</translation>
    </message>
    <message>
        <source>See why…</source>
        <translation>Ver por qué…</translation>
    </message>
    <message>
        <source>Change server…</source>
        <translation>Cambiar servidor…</translation>
    </message>
    <message>
        <source>Comes with the first flow, which fetches it once.</source>
        <translation>Llega con el primer flujo, que la trae una vez.</translation>
    </message>
    <message>
        <source>Cancelling…</source>
        <translation>Cancelando…</translation>
    </message>
    <message>
        <source>{flow}: cancelled</source>
        <translation>{flow}: cancelado</translation>
    </message>
    <message>
        <source>! {flow}: not finished</source>
        <translation>! {flow}: sin terminar</translation>
    </message>
    <message>
        <source>✓ Account deployed</source>
        <translation>✓ Cuenta desplegada</translation>
    </message>
    <message>
        <source>✓ Token deployed, minted and transferred</source>
        <translation>✓ Token desplegado, acuñado y transferido</translation>
    </message>
    <message>
        <source>Step {index} of {count} · {step}</source>
        <translation>Paso {index} de {count} · {step}</translation>
    </message>
    <message>
        <source>Prove · circuit {index} of {count} · {name}</source>
        <translation>Probar · circuito {index} de {count} · {name}</translation>
    </message>
    <message>
        <source>Prove · {phase}</source>
        <translation>Probar · {phase}</translation>
    </message>
    <message>
        <source>Simulate: the wallet runs the functions and makes the witness</source>
        <translation>Simular: la cartera ejecuta las funciones y crea el testigo</translation>
    </message>
    <message>
        <source>Send the transaction to the node</source>
        <translation>Enviar la transacción al nodo</translation>
    </message>
    <message>
        <source>Wait for a block</source>
        <translation>Esperar un bloque</translation>
    </message>
    <message>
        <source>Try {attempt}, with the wallet&apos;s stale data cleared</source>
        <translation>Intento {attempt}, con los datos viejos de la cartera borrados</translation>
    </message>
    <message>
        <source>Nothing of it is left running. What was sent stays sent; its entry under Runs tells.</source>
        <translation>No queda nada en marcha. Lo enviado queda enviado; su entrada en Ejecuciones lo dice.</translation>
    </message>
    <message>
        <source>Its entry under Runs keeps the reason, and what was done before it.</source>
        <translation>Su entrada en Ejecuciones guarda la razón y lo hecho hasta entonces.</translation>
    </message>
    <message numerus="yes">
        <source>%n thing(s) to bring first</source>
        <translation>
            <numerusform>Falta traer %n cosa</numerusform>
            <numerusform>Falta traer %n cosas</numerusform>
        </translation>
    </message>
    <message>
        <source>{threads} threads</source>
        <translation>{threads} hilos</translation>
    </message>
    <message>
        <source>CRS ready</source>
        <translation>CRS listo</translation>
    </message>
    <message>
        <source>{memory} per proof</source>
        <translation>{memory} por prueba</translation>
    </message>
    <message>
        <source>at most {megabytes} MB</source>
        <translation>{megabytes} MB como máximo</translation>
    </message>
    <message>
        <source>Genuine Nitro, but: </source>
        <translation>Nitro auténtico, pero: </translation>
    </message>
    <message>
        <source>Needs an Aztec node. The sample works without it.</source>
        <translation>Necesita un nodo de Aztec. La muestra funciona sin él.</translation>
    </message>
    <message>
        <source>Installing the prover</source>
        <translation>Instalando el probador</translation>
    </message>
    <message>
        <source>Making the prover&apos;s development copy</source>
        <translation>Creando la copia de desarrollo del probador</translation>
    </message>
    <message>
        <source>Bringing newer system libraries</source>
        <translation>Trayendo bibliotecas del sistema más nuevas</translation>
    </message>
    <message>
        <source>Downloading the CRS</source>
        <translation>Descargando el CRS</translation>
    </message>
    <message>
        <source>Computing the development CRS</source>
        <translation>Calculando el CRS de desarrollo</translation>
    </message>
    <message>
        <source>Prover (bb)</source>
        <translation>Probador (bb)</translation>
    </message>
    <message>
        <source>Development prover</source>
        <translation>Probador de desarrollo</translation>
    </message>
    <message>
        <source>System libraries</source>
        <translation>Bibliotecas del sistema</translation>
    </message>
    <message>
        <source>CRS of real networks</source>
        <translation>CRS de redes reales</translation>
    </message>
    <message>
        <source>Development CRS</source>
        <translation>CRS de desarrollo</translation>
    </message>
    <message>
        <source>Install</source>
        <translation>Instalar</translation>
    </message>
    <message>
        <source>Make</source>
        <translation>Crear</translation>
    </message>
    <message>
        <source>Bring</source>
        <translation>Traer</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>Descargar</translation>
    </message>
    <message>
        <source>Compute</source>
        <translation>Calcular</translation>
    </message>
    <message>
        <source>Check steps, prover and CRS</source>
        <translation>Comprobar pasos, probador y CRS</translation>
    </message>
    <message>
        <source>Start the prover</source>
        <translation>Arrancar el probador</translation>
    </message>
    <message>
        <source>Circuits</source>
        <translation>Circuitos</translation>
    </message>
    <message>
        <source>Final proof and self-check</source>
        <translation>Prueba final y autocomprobación</translation>
    </message>
    <message>
        <source>Check and write the steps</source>
        <translation>Comprobar y escribir los pasos</translation>
    </message>
    <message>
        <source>Get the server&apos;s key</source>
        <translation>Obtener la clave del servidor</translation>
    </message>
    <message>
        <source>Encrypt</source>
        <translation>Cifrar</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>Enviar</translation>
    </message>
    <message>
        <source>Wait for the server&apos;s prover</source>
        <translation>Esperar al probador del servidor</translation>
    </message>
    <message>
        <source>Prove on the server</source>
        <translation>Generar la prueba en el servidor</translation>
    </message>
    <message>
        <source>Ask for the proof</source>
        <translation>Pedir la prueba</translation>
    </message>
    <message>
        <source>Receive the proof</source>
        <translation>Recibir la prueba</translation>
    </message>
    <message>
        <source>Verify the proof here</source>
        <translation>Verificar la prueba aquí</translation>
    </message>
    <message>
        <source>get ready</source>
        <translation>preparar</translation>
    </message>
    <message>
        <source>simulate</source>
        <translation>simular</translation>
    </message>
    <message>
        <source>encrypt and send</source>
        <translation>cifrar y enviar</translation>
    </message>
    <message>
        <source>prove</source>
        <translation>probar</translation>
    </message>
    <message>
        <source>verify here</source>
        <translation>verificar aquí</translation>
    </message>
    <message>
        <source>confirm</source>
        <translation>confirmar</translation>
    </message>
    <message>
        <source>Prepare the wallet&apos;s runtime</source>
        <translation>Preparar el entorno de la cartera</translation>
    </message>
    <message>
        <source>first account</source>
        <translation>primera cuenta</translation>
    </message>
    <message>
        <source>second account</source>
        <translation>segunda cuenta</translation>
    </message>
    <message>
        <source>Set its address. For tests, a network of your own starts with: tee-rex devnet up</source>
        <translation>Ponga su dirección. Para ensayos, una red propia arranca con: tee-rex devnet up</translation>
    </message>
    <message>
        <source>Check its address, or start a network of your own with: tee-rex devnet up</source>
        <translation>Compruebe su dirección o inicie una red propia con: tee-rex devnet up</translation>
    </message>
    <message>
        <source>The Aztec node does not answer: no account can be deployed</source>
        <translation>El nodo de Aztec no responde: no se puede desplegar ninguna cuenta</translation>
    </message>
    <message>
        <source>The Aztec node does not answer: the token flow cannot run</source>
        <translation>El nodo de Aztec no responde: el flujo de tokens no puede ejecutarse</translation>
    </message>
    <message>
        <source>The server&apos;s key is forgotten</source>
        <translation>La clave del servidor está olvidada</translation>
    </message>
    <message>
        <source>The key that it has at the next proof will be remembered and expected from then on.</source>
        <translation>La clave que tenga en la próxima prueba se recordará y se exigirá desde entonces.</translation>
    </message>
    <message>
        <source>Local mode is chosen now</source>
        <translation>Ahora está elegido el modo local</translation>
    </message>
    <message>
        <source>The mode that was chosen is locked; its card says why.</source>
        <translation>El modo que estaba elegido está bloqueado; su tarjeta dice por qué.</translation>
    </message>
    <message>
        <source>The sample of the genuine setup is proved</source>
        <translation>Se prueba la muestra de la configuración auténtica</translation>
    </message>
    <message>
        <source>What proves here is for real networks, not for the development setup.</source>
        <translation>Quien prueba aquí es para redes reales, no para la configuración de desarrollo.</translation>
    </message>
    <message>
        <source>about {minutes} min left</source>
        <translation>quedan unos {minutes} min</translation>
    </message>
    <message>
        <source>Downloading the prover</source>
        <translation>Descargando el probador</translation>
    </message>
    <message>
        <source>Importing the CRS</source>
        <translation>Importando el CRS</translation>
    </message>
    <message>
        <source>Fetching Aztec&apos;s wallet</source>
        <translation>Trayendo la cartera de Aztec</translation>
    </message>
    <message>
        <source>Putting Aztec&apos;s wallet together</source>
        <translation>Montando la cartera de Aztec</translation>
    </message>
    <message>
        <source>Synchronising the wallet</source>
        <translation>Sincronizando la cartera</translation>
    </message>
    <message>
        <source>Total</source>
        <translation>Total</translation>
    </message>
    <message>
        <source>final proof and self-check</source>
        <translation>prueba final y autocomprobación</translation>
    </message>
    <message>
        <source>Final proof</source>
        <translation>Prueba final</translation>
    </message>
    <message>
        <source>Get ready</source>
        <translation>Preparar</translation>
    </message>
    <message>
        <source>Catch up with the chain</source>
        <translation>Ponerse al día con la cadena</translation>
    </message>
    <message>
        <source>Kernel circuits</source>
        <translation>Circuitos kernel</translation>
    </message>
    <message>
        <source>Circuits, {count} of them</source>
        <translation>Circuitos: {count}</translation>
    </message>
    <message>
        <source>Ask the node</source>
        <translation>Preguntar al nodo</translation>
    </message>
    <message>
        <source>Start the wallet</source>
        <translation>Arrancar la cartera</translation>
    </message>
    <message>
        <source>Open the wallet</source>
        <translation>Abrir la cartera</translation>
    </message>
    <message>
        <source>Deploy the account</source>
        <translation>Desplegar la cuenta</translation>
    </message>
    <message>
        <source>Deploy a second account</source>
        <translation>Desplegar otra cuenta</translation>
    </message>
    <message>
        <source>Deploy the token</source>
        <translation>Desplegar el token</translation>
    </message>
    <message>
        <source>Mint privately</source>
        <translation>Acuñar en privado</translation>
    </message>
    <message>
        <source>Transfer privately</source>
        <translation>Transferir en privado</translation>
    </message>
    <message>
        <source>Check the balances</source>
        <translation>Comprobar los saldos</translation>
    </message>
    <message>
        <source>Simulate</source>
        <translation>Simular</translation>
    </message>
    <message>
        <source>Confirm</source>
        <translation>Confirmar</translation>
    </message>
    <message>
        <source>Deploy test account</source>
        <translation>Desplegar cuenta de prueba</translation>
    </message>
    <message>
        <source>Token flow</source>
        <translation>Flujo de tokens</translation>
    </message>
    <message>
        <source>running</source>
        <translation>en curso</translation>
    </message>
    <message>
        <source>verified</source>
        <translation>verificada</translation>
    </message>
    <message>
        <source>not verified</source>
        <translation>sin verificar</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>fallida</translation>
    </message>
    <message>
        <source>Installed; opened for each flow. Its accounts are for tests: their keys are not encrypted.</source>
        <translation>Instalada; se abre para cada flujo. Sus cuentas son de prueba: sus claves no están cifradas.</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>cancelada</translation>
    </message>
    <message>
        <source>interrupted</source>
        <translation>interrumpida</translation>
    </message>
    <message>
        <source>Deploying an account needs an Aztec node</source>
        <translation>Desplegar una cuenta necesita un nodo de Aztec</translation>
    </message>
    <message>
        <source>The token flow needs an Aztec node</source>
        <translation>El flujo de tokens necesita un nodo de Aztec</translation>
    </message>
    <message>
        <source>TEE-Rex ended by itself the last time</source>
        <translation>TEE-Rex se cerró solo la última vez</translation>
    </message>
    <message>
        <source>Nothing kept was lost. Diagnostics in the menu makes a file for those who can mend it.</source>
        <translation>No se perdió nada de lo guardado. Diagnóstico, en el menú, crea un archivo para quien pueda arreglarlo.</translation>
    </message>
    <message>
        <source>The build is pinned</source>
        <translation>La compilación está fijada</translation>
    </message>
    <message>
        <source>TEE mode opens to enclaves that measure to it, and you can remove it under Settings.</source>
        <translation>El modo TEE se abre a los enclaves con esas medidas; puede quitarla en Ajustes.</translation>
    </message>
    <message>
        <source>The document was saved</source>
        <translation>El documento se ha guardado</translation>
    </message>
    <message>
        <source>Anybody can check it with: tee-rex attest --file</source>
        <translation>Cualquiera puede comprobarlo con: tee-rex attest --file</translation>
    </message>
    <message>
        <source>The runs were exported</source>
        <translation>Las ejecuciones se han exportado</translation>
    </message>
    <message>
        <source>The file holds times and digests, no witness.</source>
        <translation>El archivo contiene tiempos y resúmenes, ningún testigo.</translation>
    </message>
    <message>
        <source>The history could not be read</source>
        <translation>El historial no se pudo leer</translation>
    </message>
    <message>
        <source>A new one was started. The unreadable file was kept beside it.</source>
        <translation>Se ha empezado uno nuevo. El archivo ilegible se conserva a su lado.</translation>
    </message>
    <message>
        <source>All cores</source>
        <translation>Todos los núcleos</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>Como el sistema</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Claro</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Oscuro</translation>
    </message>
    <message>
        <source>holds</source>
        <translation>se cumple</translation>
    </message>
    <message>
        <source>fails</source>
        <translation>falla</translation>
    </message>
    <message>
        <source>needs attention</source>
        <translation>requiere atención</translation>
    </message>
    <message>
        <source>noted</source>
        <translation>anotado</translation>
    </message>
    <message>
        <source>not looked at</source>
        <translation>sin mirar</translation>
    </message>
    <message>
        <source>Prove locally, remotely, in a TEE</source>
        <translation>Probar en local, en remoto, en un TEE</translation>
    </message>
    <message>
        <source>Prove the sample</source>
        <translation>Probar la muestra</translation>
    </message>
    <message>
        <source>Prove a file</source>
        <translation>Probar un archivo</translation>
    </message>
    <message>
        <source>Cancel what runs, after asking once</source>
        <translation>Cancelar lo que está en curso, tras preguntar una vez</translation>
    </message>
    <message>
        <source>Go to a page</source>
        <translation>Ir a una página</translation>
    </message>
    <message>
        <source>Open or close the log</source>
        <translation>Abrir o cerrar el registro</translation>
    </message>
    <message>
        <source>Search where there is something to search</source>
        <translation>Buscar donde hay algo que buscar</translation>
    </message>
    <message>
        <source>This list</source>
        <translation>Esta lista</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Salir</translation>
    </message>
    <message>
        <source>measuring this machine…</source>
        <translation>midiendo este equipo…</translation>
    </message>
    <message>
        <source>almost done</source>
        <translation>casi listo</translation>
    </message>
    <message>
        <source>about {seconds} s left</source>
        <translation>quedan unos {seconds} s</translation>
    </message>
    <message>
        <source>Versions</source>
        <translation>Versiones</translation>
    </message>
    <message>
        <source>What was found on this machine</source>
        <translation>Lo hallado en este equipo</translation>
    </message>
    <message>
        <source>Settings, and who set them</source>
        <translation>Ajustes y de dónde vienen</translation>
    </message>
    <message>
        <source>Services</source>
        <translation>Servicios</translation>
    </message>
    <message>
        <source>Events of this session</source>
        <translation>Eventos de esta sesión</translation>
    </message>
    <message>
        <source>Runs: times and outcomes</source>
        <translation>Ejecuciones: tiempos y resultados</translation>
    </message>
    <message>
        <source>Events on disk, earlier sessions too</source>
        <translation>Eventos en disco, también anteriores</translation>
    </message>
    <message>
        <source>Traces of the last native crash</source>
        <translation>Trazas del último fallo nativo</translation>
    </message>
    <message>
        <source>Run {number} cannot be read</source>
        <translation>La ejecución {number} no se puede leer</translation>
    </message>
    <message>
        <source>Run {number}</source>
        <translation>Ejecución {number}</translation>
    </message>
</context>
<context>
    <name>AboutDialog</name>
    <message>
        <source>About TEE-Rex</source>
        <translation>Acerca de TEE-Rex</translation>
    </message>
    <message>
        <source>Made with</source>
        <translation>Hecho con</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>Licencia</translation>
    </message>
    <message>
        <source>Website ↗</source>
        <translation>Sitio web ↗</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Cerrar</translation>
    </message>
    <message>
        <source>Version {own} · Aztec and bb {aztec} · Qt {qt}</source>
        <translation>Versión {own} · Aztec y bb {aztec} · Qt {qt}</translation>
    </message>
    <message>
        <source>Proves private Aztec transactions: here, on a server, or in an attested enclave.</source>
        <translation>Genera pruebas de transacciones privadas de Aztec: aquí, en un servidor o en un enclave atestado.</translation>
    </message>
    <message>
        <source>GNU Affero General Public License 3 or later · inspired by nemi.fi</source>
        <translation>GNU Affero General Public License 3 o posterior · inspirado en nemi.fi</translation>
    </message>
    <message>
        <source>It sends nothing to anybody but the servers that you set up, and what a proof needs is checked against digests that it carries.</source>
        <translation>No envía nada a nadie salvo a los servidores que usted configure, y lo que una prueba necesita se comprueba con los resúmenes que lleva dentro.</translation>
    </message>
</context>
<context>
    <name>AttestationPage</name>
    <message>
        <source>Attestation</source>
        <translation>Atestación</translation>
    </message>
    <message>
        <source>Attestation of {source}</source>
        <translation>Atestación de {source}</translation>
    </message>
    <message>
        <source>The enclave is being asked…</source>
        <translation>Preguntando al enclave…</translation>
    </message>
    <message>
        <source>The enclave gave no attestation: {why}</source>
        <translation>El enclave no dio ninguna atestación: {why}</translation>
    </message>
    <message>
        <source>An enclave proves by a document that AWS signs which code it runs. This page shows what was verified of it, step by step, before anything secret is sent. Set up an enclave, or open a document that somebody gave you.</source>
        <translation>Un enclave demuestra con un documento firmado por AWS qué código ejecuta. Esta página muestra, paso a paso, qué se verificó de él antes de enviar nada secreto. Configure un enclave o abra un documento que le hayan dado.</translation>
    </message>
    <message>
        <source>Set up an enclave…</source>
        <translation>Configurar…</translation>
    </message>
    <message>
        <source>Ask again</source>
        <translation>Repetir</translation>
    </message>
    <message>
        <source>Back to the enclave</source>
        <translation>Volver al enclave</translation>
    </message>
    <message>
        <source>Open document…</source>
        <translation>Abrir…</translation>
    </message>
    <message>
        <source>Save document…</source>
        <translation>Guardar…</translation>
    </message>
    <message>
        <source>Compare with a rebuilt image…</source>
        <translation>Comparar con una imagen reconstruida…</translation>
    </message>
    <message>
        <source>Pin this build…</source>
        <translation>Fijar esta compilación…</translation>
    </message>
    <message>
        <source>Open an attestation document</source>
        <translation>Abrir un documento de atestación</translation>
    </message>
    <message>
        <source>Documents (*.bin *.cbor);;All files (*)</source>
        <translation>Documentos (*.bin *.cbor);;Todos los archivos (*)</translation>
    </message>
    <message>
        <source>Save the attestation document</source>
        <translation>Guardar el documento de atestación</translation>
    </message>
    <message>
        <source>Documents (*.bin)</source>
        <translation>Documentos (*.bin)</translation>
    </message>
    <message>
        <source>Compare with a rebuilt image</source>
        <translation>Comparar con una imagen reconstruida</translation>
    </message>
    <message>
        <source>Measurements (*.json);;All files (*)</source>
        <translation>Medidas (*.json);;Todos los archivos (*)</translation>
    </message>
</context>
<context>
    <name>BottomPanel</name>
    <message>
        <source>Panels</source>
        <translation>Paneles</translation>
    </message>
</context>
<context>
    <name>BreakdownCard</name>
    <message>
        <source>development setup</source>
        <translation>configuración de desarrollo</translation>
    </message>
    <message>
        <source>Timing breakdown</source>
        <translation>Desglose de tiempos</translation>
    </message>
    <message>
        <source>After a proof, this shows where its time went: each phase, each circuit and the final proof.</source>
        <translation>Tras una prueba, aquí se ve en qué se fue el tiempo: cada fase, cada circuito y la prueba final.</translation>
    </message>
    <message>
        <source>This run came to no proof, so there is nothing to break down.</source>
        <translation>Esta ejecución no llegó a una prueba: no hay nada que desglosar.</translation>
    </message>
</context>
<context>
    <name>BuildList</name>
    <message>
        <source>None yet: TEE mode stays locked until you review an enclave and pin its build.</source>
        <translation>Ninguna aún: el modo TEE sigue bloqueado hasta que revise un enclave y fije su compilación.</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Quitar</translation>
    </message>
    <message>
        <source>Remove the build {name}</source>
        <translation>Quitar la compilación {name}</translation>
    </message>
    <message>
        <source>Remove it?</source>
        <translation>¿Quitarla?</translation>
    </message>
</context>
<context>
    <name>CancelQuestion</name>
    <message>
        <source>Stop it</source>
        <translation>Detenerla</translation>
    </message>
</context>
<context>
    <name>CircuitRow</name>
    <message>
        <source>Circuits</source>
        <translation>Circuitos</translation>
    </message>
    <message>
        <source>{done} of {count} parts done</source>
        <translation>{done} de {count} partes hechas</translation>
    </message>
    <message>
        <source>expected</source>
        <translation>esperado</translation>
    </message>
    <message>
        <source>took</source>
        <translation>tardó</translation>
    </message>
</context>
<context>
    <name>ComparisonBars</name>
    <message>
        <source>Runs on one scale</source>
        <translation>Ejecuciones a una misma escala</translation>
    </message>
</context>
<context>
    <name>ComparisonCard</name>
    <message>
        <source>✓ The enclave runs the image of {name}</source>
        <translation>✓ El enclave ejecuta la imagen de {name}</translation>
    </message>
    <message>
        <source>All its measurements are those of the enclave. You can pin the build.</source>
        <translation>Todas sus medidas son las del enclave. Puede fijar la compilación.</translation>
    </message>
    <message>
        <source>! The enclave runs another image than {name}</source>
        <translation>! El enclave ejecuta otra imagen que {name}</translation>
    </message>
    <message>
        <source>Build the release that the operator names, from its sources, and compare again.</source>
        <translation>Construya desde sus fuentes la edición que indica quien lo opera y compare otra vez.</translation>
    </message>
    <message>
        <source>image {digest}</source>
        <translation>imagen {digest}</translation>
    </message>
    <message>
        <source>enclave {digest}</source>
        <translation>enclave {digest}</translation>
    </message>
</context>
<context>
    <name>ComparisonView</name>
    <message>
        <source>Differences</source>
        <translation>Diferencias</translation>
    </message>
    <message>
        <source>Part</source>
        <translation>Parte</translation>
    </message>
    <message>
        <source>Kinds of time</source>
        <translation>Clases de tiempo</translation>
    </message>
    <message>
        <source>Circuits and functions</source>
        <translation>Circuitos y funciones</translation>
    </message>
    <message>
        <source>Percentages compare with A.</source>
        <translation>Los porcentajes comparan con A.</translation>
    </message>
</context>
<context>
    <name>CrashWindow</name>
    <message>
        <source>TEE-Rex failed</source>
        <translation>TEE-Rex falló</translation>
    </message>
    <message>
        <source>Something in TEE-Rex itself went wrong</source>
        <translation>Algo falló en el propio TEE-Rex</translation>
    </message>
    <message>
        <source>You can go on, but what was being done may not have come to its end.</source>
        <translation>Puede continuar, pero lo que estaba en curso quizá no llegó a su fin.</translation>
    </message>
    <message>
        <source>TEE-Rex could not start.</source>
        <translation>TEE-Rex no pudo arrancar.</translation>
    </message>
    <message>
        <source>Your history and settings are kept.</source>
        <translation>Su historial y sus ajustes se conservan.</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>Informe</translation>
    </message>
    <message>
        <source>This report helps to mend it. It holds places in the program, versions and the last events: no values of variables, no witness, no keys.</source>
        <translation>Este informe ayuda a arreglarlo. Contiene lugares del programa, versiones y los últimos eventos: ningún valor de variables, ningún testigo, ninguna clave.</translation>
    </message>
    <message>
        <source>Copy report</source>
        <translation>Copiar informe</translation>
    </message>
    <message>
        <source>Save…</source>
        <translation>Guardar…</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Salir</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>Continuar</translation>
    </message>
    <message numerus="yes">
        <source>! %n more since, see the log</source>
        <translation>
            <numerusform>! %n más desde entonces, vea el registro</numerusform>
            <numerusform>! %n más desde entonces, vea el registro</numerusform>
        </translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Copiado</translation>
    </message>
    <message>
        <source>Save the report</source>
        <translation>Guardar el informe</translation>
    </message>
    <message>
        <source>Text (*.txt)</source>
        <translation>Texto (*.txt)</translation>
    </message>
    <message>
        <source>Saved</source>
        <translation>Guardado</translation>
    </message>
    <message>
        <source>It could not be written</source>
        <translation>No se pudo escribir</translation>
    </message>
</context>
<context>
    <name>DiagnosticsDialog</name>
    <message>
        <source>Diagnostics</source>
        <translation>Diagnóstico</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>Archivos</translation>
    </message>
    <message>
        <source>Save…</source>
        <translation>Guardar…</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>! It could not be written there.</source>
        <translation>! No se pudo escribir ahí.</translation>
    </message>
    <message>
        <source>Nothing is sent: a file is written where you choose. Read what would be in it, and untick what you want to keep to yourself. Credentials in addresses and the name of your home folder are left out, and nothing of a witness was ever in it.</source>
        <translation>No se envía nada: se escribe un archivo donde usted elija. Lea lo que contendría y desmarque lo que prefiera guardarse. Las credenciales de las direcciones y el nombre de su carpeta personal se omiten, y nada de un testigo estuvo nunca en él.</translation>
    </message>
    <message>
        <source>A file for those who help</source>
        <translation>Un archivo para quien ayuda</translation>
    </message>
    <message numerus="yes">
        <source>%n file(s)</source>
        <translation>
            <numerusform>%n archivo</numerusform>
            <numerusform>%n archivos</numerusform>
        </translation>
    </message>
    <message>
        <source>Save diagnostics</source>
        <translation>Guardar diagnóstico</translation>
    </message>
    <message>
        <source>Archive (*.zip)</source>
        <translation>Archivo comprimido (*.zip)</translation>
    </message>
</context>
<context>
    <name>DropHint</name>
    <message>
        <source>Drop to prove {file} · {mode}</source>
        <translation>Suelte para probar {file} · {mode}</translation>
    </message>
</context>
<context>
    <name>FlowCard</name>
    <message>
        <source>Elapsed time</source>
        <translation>Tiempo transcurrido</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>Stops the flow at once and leaves nothing running; what was sent stays sent</source>
        <translation>Detiene el flujo al instante y no deja nada en marcha; lo enviado queda enviado</translation>
    </message>
    <message>
        <source>development setup</source>
        <translation>configuración de desarrollo</translation>
    </message>
    <message>
        <source>Stop this flow?</source>
        <translation>¿Detener este flujo?</translation>
    </message>
    <message>
        <source>What was sent stays sent. Esc again stops it.</source>
        <translation>Lo enviado queda enviado. Esc otra vez lo detiene.</translation>
    </message>
    <message>
        <source>Keep going</source>
        <translation>Seguir</translation>
    </message>
    <message>
        <source>Explorer</source>
        <translation>Explorador</translation>
    </message>
    <message>
        <source>Open {step} in the explorer</source>
        <translation>Abrir {step} en el explorador</translation>
    </message>
    <message>
        <source>now</source>
        <translation>ahora</translation>
    </message>
    <message>
        <source>first time on this machine</source>
        <translation>primera vez en este equipo</translation>
    </message>
</context>
<context>
    <name>FlowResult</name>
    <message>
        <source>Copy</source>
        <translation>Copiar</translation>
    </message>
    <message>
        <source>Copy the address: {name}</source>
        <translation>Copiar la dirección: {name}</translation>
    </message>
</context>
<context>
    <name>HistoryPage</name>
    <message>
        <source>Runs to compare</source>
        <translation>Ejecuciones para comparar</translation>
    </message>
    <message>
        <source>Show all runs</source>
        <translation>Mostrar todas las ejecuciones</translation>
    </message>
    <message>
        <source>Prove sample</source>
        <translation>Probar muestra</translation>
    </message>
    <message>
        <source>Copy as Markdown</source>
        <translation>Copiar como Markdown</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>Exportar…</translation>
    </message>
    <message>
        <source>Table for spreadsheets (CSV)…</source>
        <translation>Tabla para hojas de cálculo (CSV)…</translation>
    </message>
    <message>
        <source>Everything that is known (JSON)…</source>
        <translation>Todo lo que se sabe (JSON)…</translation>
    </message>
    <message>
        <source>Picture (PNG)…</source>
        <translation>Imagen (PNG)…</translation>
    </message>
    <message>
        <source>Show its breakdown</source>
        <translation>Mostrar su desglose</translation>
    </message>
    <message>
        <source>Choose none</source>
        <translation>No elegir ninguna</translation>
    </message>
    <message>
        <source>History</source>
        <translation>Historial</translation>
    </message>
    <message>
        <source>Side by side</source>
        <translation>Lado a lado</translation>
    </message>
    <message>
        <source>Every run is kept here, with all of its times. Prove something, and it appears.</source>
        <translation>Aquí se guarda cada ejecución con todos sus tiempos. Genere una prueba y aparecerá.</translation>
    </message>
    <message>
        <source>No run fits the filter.</source>
        <translation>Ninguna ejecución cumple el filtro.</translation>
    </message>
    <message>
        <source>{shown} of {all}</source>
        <translation>{shown} de {all}</translation>
    </message>
    <message numerus="yes">
        <source>%Ln run(s)</source>
        <translation>
            <numerusform>%Ln ejecución</numerusform>
            <numerusform>%Ln ejecuciones</numerusform>
        </translation>
    </message>
    <message>
        <source>Two or more runs are compared here: where their time went, and which was quicker.</source>
        <translation>Aquí se comparan dos o más ejecuciones: en qué se fue el tiempo y cuál fue más rápida.</translation>
    </message>
    <message>
        <source>Choose runs in the list: click them, or use the arrow keys and Space.</source>
        <translation>Elija ejecuciones en la lista: con el ratón, o con las flechas y la barra espaciadora.</translation>
    </message>
    <message>
        <source>It came to no proof: there are no times.</source>
        <translation>No llegó a una prueba: no hay tiempos.</translation>
    </message>
    <message>
        <source>The oldest {most} of {count} chosen are shown; all are exported.</source>
        <translation>Se muestran las {most} más antiguas de {count} elegidas; se exportan todas.</translation>
    </message>
    <message>
        <source>Percentages compare with A.</source>
        <translation>Los porcentajes comparan con A.</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Copiado</translation>
    </message>
    <message>
        <source>Tables (*.csv)</source>
        <translation>Tablas (*.csv)</translation>
    </message>
    <message>
        <source>JSON (*.json)</source>
        <translation>JSON (*.json)</translation>
    </message>
    <message>
        <source>Pictures (*.png)</source>
        <translation>Imágenes (*.png)</translation>
    </message>
    <message>
        <source>Export the chosen runs</source>
        <translation>Exportar las ejecuciones elegidas</translation>
    </message>
</context>
<context>
    <name>LogList</name>
    <message>
        <source>Events</source>
        <translation>Eventos</translation>
    </message>
</context>
<context>
    <name>LogPanel</name>
    <message>
        <source>Log</source>
        <translation>Registro</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Buscar</translation>
    </message>
    <message>
        <source>Search the log</source>
        <translation>Buscar en el registro</translation>
    </message>
    <message>
        <source>Newest ↓</source>
        <translation>Lo último ↓</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Copiar</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>Exportar…</translation>
    </message>
    <message>
        <source>Diagnostics…</source>
        <translation>Diagnóstico…</translation>
    </message>
    <message>
        <source>Nothing here matches. Choose another level or search.</source>
        <translation>Nada coincide. Elija otro nivel u otra búsqueda.</translation>
    </message>
    <message>
        <source>Shown: {level}</source>
        <translation>Se muestra: {level}</translation>
    </message>
    <message>
        <source>Every detail</source>
        <translation>Cada detalle</translation>
    </message>
    <message>
        <source>All events</source>
        <translation>Todos los eventos</translation>
    </message>
    <message>
        <source>Warnings</source>
        <translation>Avisos</translation>
    </message>
    <message>
        <source>Errors</source>
        <translation>Errores</translation>
    </message>
    <message numerus="yes">
        <source>%n event(s)</source>
        <translation>
            <numerusform>%n evento</numerusform>
            <numerusform>%n eventos</numerusform>
        </translation>
    </message>
    <message>
        <source>{shown} of {kept}</source>
        <translation>{shown} de {kept}</translation>
    </message>
    <message>
        <source>Export the log</source>
        <translation>Exportar el registro</translation>
    </message>
    <message>
        <source>Text (*.txt)</source>
        <translation>Texto (*.txt)</translation>
    </message>
    <message>
        <source>It could not be written</source>
        <translation>No se pudo escribir</translation>
    </message>
</context>
<context>
    <name>ModeCard</name>
    <message>
        <source>Ctrl {digit}</source>
        <translation>Ctrl {digit}</translation>
    </message>
    <message>
        <source>Locked while a proof is running.</source>
        <translation>Bloqueado mientras se genera una prueba.</translation>
    </message>
    <message>
        <source>About {time} here.</source>
        <translation>Unos {time} aquí.</translation>
    </message>
    <message>
        <source>Uses your own cores.</source>
        <translation>Usa sus propios núcleos.</translation>
    </message>
    <message>
        <source>About {time} on the server.</source>
        <translation>Unos {time} en el servidor.</translation>
    </message>
    <message>
        <source>Not measured yet.</source>
        <translation>Aún sin medir.</translation>
    </message>
</context>
<context>
    <name>ModeCards</name>
    <message>
        <source>Where to prove</source>
        <translation>Dónde generar la prueba</translation>
    </message>
</context>
<context>
    <name>NoticeCard</name>
    <message>
        <source>Dismiss</source>
        <translation>Descartar</translation>
    </message>
    <message>
        <source>Set up a node…</source>
        <translation>Configurar un nodo…</translation>
    </message>
</context>
<context>
    <name>OpenRequests</name>
    <message>
        <source>Prove {file} in mode {mode}?</source>
        <translation>¿Probar {file} en modo {mode}?</translation>
    </message>
    <message>
        <source>Prove</source>
        <translation>Probar</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
</context>
<context>
    <name>PageBar</name>
    <message>
        <source>Pages</source>
        <translation>Páginas</translation>
    </message>
    <message>
        <source>Menu</source>
        <translation>Menú</translation>
    </message>
</context>
<context>
    <name>PinDialog</name>
    <message>
        <source>Pin this build</source>
        <translation>Fijar esta compilación</translation>
    </message>
    <message>
        <source>From then on TEE mode sends your witness, encrypted, to any enclave that measures to these values, whoever runs it. Pin a build only if you know what is in it.</source>
        <translation>Desde entonces el modo TEE envía su testigo, cifrado, a cualquier enclave con estas medidas, lo opere quien lo opere. Fije una compilación solo si sabe qué contiene.</translation>
    </message>
    <message>
        <source>Build the image yourself from the published sources and compare (Compare with a rebuilt image…), or get the values from somebody you trust, by another way than from this server.</source>
        <translation>Construya usted la imagen desde las fuentes publicadas y compare (Comparar con una imagen reconstruida…), u obtenga los valores de alguien de confianza por otra vía que este servidor.</translation>
    </message>
    <message>
        <source>✓ They equal those of {name}, which you compared.</source>
        <translation>✓ Son iguales a las de {name}, que usted comparó.</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Nombre</translation>
    </message>
    <message>
        <source>Such as the release, or who told you.</source>
        <translation>Por ejemplo la edición, o quién se lo dijo.</translation>
    </message>
    <message>
        <source>I compared these measurements, and trust the code that they stand for.</source>
        <translation>He comparado estas medidas y me fío del código que representan.</translation>
    </message>
    <message>
        <source>Keep TEE mode locked</source>
        <translation>Dejar el modo TEE bloqueado</translation>
    </message>
    <message>
        <source>Pin this build?</source>
        <translation>¿Fijar esta compilación?</translation>
    </message>
</context>
<context>
    <name>ProblemCard</name>
    <message>
        <source>Copy details</source>
        <translation>Copiar detalles</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>Descartar</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Copiado</translation>
    </message>
</context>
<context>
    <name>ProfileCard</name>
    <message>
        <source>Profile in use</source>
        <translation>Perfil en uso</translation>
    </message>
    <message>
        <source>Profile</source>
        <translation>Perfil</translation>
    </message>
</context>
<context>
    <name>ProvePage</name>
    <message>
        <source>Prove execution steps</source>
        <translation>Probar pasos de ejecución</translation>
    </message>
    <message>
        <source>Execution steps (*.msgpack);;All files (*)</source>
        <translation>Pasos de ejecución (*.msgpack);;Todos los archivos (*)</translation>
    </message>
    <message>
        <source>Prove sample</source>
        <translation>Probar muestra</translation>
    </message>
    <message>
        <source>Prove file…</source>
        <translation>Probar archivo…</translation>
    </message>
    <message>
        <source>Deploy test account</source>
        <translation>Desplegar cuenta</translation>
    </message>
    <message>
        <source>Run token flow</source>
        <translation>Flujo de tokens</translation>
    </message>
    <message>
        <source>Proving</source>
        <translation>Generando la prueba</translation>
    </message>
</context>
<context>
    <name>RunCard</name>
    <message>
        <source>development setup</source>
        <translation>configuración de desarrollo</translation>
    </message>
    <message>
        <source>Elapsed time</source>
        <translation>Tiempo transcurrido</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>Stops the proof at once and leaves nothing running</source>
        <translation>Detiene la prueba al instante y no deja nada en marcha</translation>
    </message>
    <message>
        <source>The sample transaction</source>
        <translation>La transacción de muestra</translation>
    </message>
    <message>
        <source>Cancelling…</source>
        <translation>Cancelando…</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>Cancelado</translation>
    </message>
    <message>
        <source>! Not proved</source>
        <translation>! Sin prueba</translation>
    </message>
    <message>
        <source>✓ Proof made and verified</source>
        <translation>✓ Prueba generada y verificada</translation>
    </message>
    <message>
        <source>! Proof made, not verified</source>
        <translation>! Prueba generada, sin verificar</translation>
    </message>
    <message>
        <source>Proving · circuit {index} of {count}</source>
        <translation>Probando · circuito {index} de {count}</translation>
    </message>
    <message>
        <source>Final proof and self-check</source>
        <translation>Prueba final y autocomprobación</translation>
    </message>
    <message>
        <source>Reading the steps</source>
        <translation>Leyendo los pasos</translation>
    </message>
    <message>
        <source>A recorded account deployment: {count} circuits and a final proof, each block as wide as its expected time. Or drop a file of execution steps anywhere in this window.</source>
        <translation>El despliegue grabado de una cuenta: {count} circuitos y una prueba final; cada bloque es tan ancho como su tiempo esperado. O suelte un archivo de pasos de ejecución en cualquier lugar de esta ventana.</translation>
    </message>
    <message>
        <source>Each block is one circuit, as wide as its expected time; the last is the final proof.</source>
        <translation>Cada bloque es un circuito, tan ancho como su tiempo esperado; el último es la prueba final.</translation>
    </message>
    <message>
        <source>Nothing of it is left running, and nothing was written.</source>
        <translation>No queda nada en marcha y no se escribió nada.</translation>
    </message>
    <message>
        <source>Its entry under Runs keeps the reason.</source>
        <translation>Su entrada en Ejecuciones guarda la razón.</translation>
    </message>
    <message>
        <source>Development setup: anyone can forge proofs under it. For tests and demos only.</source>
        <translation>Configuración de desarrollo: cualquiera puede falsificar pruebas con ella. Solo para ensayos y demostraciones.</translation>
    </message>
    <message>
        <source>then about {time}</source>
        <translation>luego unos {time}</translation>
    </message>
    <message>
        <source>about {time}</source>
        <translation>unos {time}</translation>
    </message>
    <message>
        <source>about {time} on two quiet cores</source>
        <translation>unos {time} con dos núcleos libres</translation>
    </message>
    <message>
        <source>Keep proving</source>
        <translation>Seguir</translation>
    </message>
    <message>
        <source>Stop this proof?</source>
        <translation>¿Detener esta prueba?</translation>
    </message>
    <message>
        <source>Its work is lost. Esc again stops it.</source>
        <translation>Su trabajo se pierde. Esc otra vez la detiene.</translation>
    </message>
</context>
<context>
    <name>RunFilters</name>
    <message>
        <source>Search (Ctrl+F)</source>
        <translation>Buscar (Ctrl+F)</translation>
    </message>
    <message>
        <source>Search the history</source>
        <translation>Buscar en el historial</translation>
    </message>
    <message>
        <source>Mode</source>
        <translation>Modo</translation>
    </message>
    <message>
        <source>All modes</source>
        <translation>Todos los modos</translation>
    </message>
    <message>
        <source>Outcome</source>
        <translation>Resultado</translation>
    </message>
    <message>
        <source>All outcomes</source>
        <translation>Todo resultado</translation>
    </message>
    <message>
        <source>Trusted setup</source>
        <translation>Configuración de confianza</translation>
    </message>
    <message>
        <source>All setups</source>
        <translation>Toda configuración</translation>
    </message>
</context>
<context>
    <name>RunsCard</name>
    <message>
        <source>Earlier runs</source>
        <translation>Ejecuciones anteriores</translation>
    </message>
    <message>
        <source>Every run is kept here, so that you can compare them, and show them to somebody else.</source>
        <translation>Aquí se guarda cada ejecución, para que pueda compararlas y enseñárselas a alguien.</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>Ejecuciones</translation>
    </message>
    <message>
        <source>Compare…</source>
        <translation>Comparar…</translation>
    </message>
    <message>
        <source>on one scale</source>
        <translation>a una escala</translation>
    </message>
</context>
<context>
    <name>ServiceRow</name>
    <message>
        <source>Set by {variable}, which wins over settings.</source>
        <translation>Lo fija {variable}, que prevalece sobre los ajustes.</translation>
    </message>
    <message>
        <source>Set up…</source>
        <translation>Configurar…</translation>
    </message>
    <message>
        <source>Review…</source>
        <translation>Revisar…</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Reintentar</translation>
    </message>
</context>
<context>
    <name>ServicesPanel</name>
    <message>
        <source>Services</source>
        <translation>Servicios</translation>
    </message>
    <message>
        <source>Check again</source>
        <translation>Comprobar</translation>
    </message>
    <message>
        <source>What was checked</source>
        <translation>Qué se comprobó</translation>
    </message>
    <message>
        <source>inspired by nemi.fi</source>
        <translation>inspirado en nemi.fi</translation>
    </message>
    <message>
        <source>Hide what was checked</source>
        <translation>Ocultar lo comprobado</translation>
    </message>
</context>
<context>
    <name>SettingsPage</name>
    <message>
        <source>Name of the profile</source>
        <translation>Nombre del perfil</translation>
    </message>
    <message>
        <source>Aztec node</source>
        <translation>Nodo de Aztec</translation>
    </message>
    <message>
        <source>Accounts and tokens need it, the sample does not.</source>
        <translation>Lo necesitan las cuentas y los tokens, no la muestra.</translation>
    </message>
    <message>
        <source>Remote prover</source>
        <translation>Probador remoto</translation>
    </message>
    <message>
        <source>Its operator, and whoever ends its TLS, could read the witness.</source>
        <translation>Quien lo opera, y quien termina su TLS, podría leer el testigo.</translation>
    </message>
    <message>
        <source>Key of the remote prover</source>
        <translation>Clave del probador remoto</translation>
    </message>
    <message>
        <source>Its fingerprint; no other key is accepted. Empty: remembered at first use.</source>
        <translation>Su huella; no se acepta otra clave. Vacío: se recuerda en el primer uso.</translation>
    </message>
    <message>
        <source>40 hexadecimal digits</source>
        <translation>40 dígitos hexadecimales</translation>
    </message>
    <message>
        <source>TEE enclave</source>
        <translation>Enclave TEE</translation>
    </message>
    <message>
        <source>Nothing is sent to it before it attests a build that you approved.</source>
        <translation>No se le envía nada antes de que ateste una compilación que usted aprobó.</translation>
    </message>
    <message>
        <source>Oldest attestation, in seconds</source>
        <translation>Antigüedad máxima de la atestación, en segundos</translation>
    </message>
    <message>
        <source>A fresh one is made for each request.</source>
        <translation>Se hace una nueva para cada petición.</translation>
    </message>
    <message>
        <source>Memory limit of the prover, in MB</source>
        <translation>Límite de memoria del probador, en MB</translation>
    </message>
    <message>
        <source>The prover is ended when it needs more; a usual proof needs 270. Empty: no limit.</source>
        <translation>El probador se detiene si necesita más; una prueba normal necesita 270. Vacío: sin límite.</translation>
    </message>
    <message>
        <source>Salt of the sponsored fee contract</source>
        <translation>Sal del contrato de comisiones patrocinadas</translation>
    </message>
    <message>
        <source>0 unless your network&apos;s is another.</source>
        <translation>0, salvo que la de su red sea otra.</translation>
    </message>
    <message>
        <source>Profile</source>
        <translation>Perfil</translation>
    </message>
    <message>
        <source>New profile</source>
        <translation>Nuevo perfil</translation>
    </message>
    <message>
        <source>Remove profile</source>
        <translation>Quitar perfil</translation>
    </message>
    <message>
        <source>It must be made for this very request</source>
        <translation>Debe hacerse para esta misma petición</translation>
    </message>
    <message>
        <source>Only servers that ignore nonces need this off; a replay may then pass.</source>
        <translation>Solo los servidores que no hacen caso del nonce necesitan esto desactivado; entonces podría pasar una repetición.</translation>
    </message>
    <message>
        <source>Forget the key that was remembered for this server</source>
        <translation>Olvidar la clave recordada de este servidor</translation>
    </message>
    <message>
        <source>Prover speed</source>
        <translation>Velocidad del probador</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>Colores</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Idioma</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Ajustes</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Guardar</translation>
    </message>
    <message>
        <source>Discard changes</source>
        <translation>Descartar cambios</translation>
    </message>
    <message>
        <source>Servers</source>
        <translation>Servidores</translation>
    </message>
    <message>
        <source>Keep several sets under names, and change between them at the side.</source>
        <translation>Guarde varios grupos con nombre y cambie entre ellos en el lateral.</translation>
    </message>
    <message>
        <source>What TEE mode accepts</source>
        <translation>Qué acepta el modo TEE</translation>
    </message>
    <message>
        <source>An attestation that misses any of this is refused, and nothing is sent.</source>
        <translation>Una atestación que no cumpla algo de esto se rechaza, y no se envía nada.</translation>
    </message>
    <message>
        <source>Builds that you approved</source>
        <translation>Compilaciones que usted aprobó</translation>
    </message>
    <message>
        <source>Review the enclave&apos;s code…</source>
        <translation>Revisar el código del enclave…</translation>
    </message>
    <message>
        <source>This machine&apos;s prover</source>
        <translation>El probador de este equipo</translation>
    </message>
    <message>
        <source>Fewer cores leave the machine quiet while it proves.</source>
        <translation>Con menos núcleos el equipo queda libre mientras genera la prueba.</translation>
    </message>
    <message>
        <source>This app</source>
        <translation>Esta aplicación</translation>
    </message>
    <message>
        <source>Another language is spoken from the next start on.</source>
        <translation>Otro idioma se usa desde el próximo arranque.</translation>
    </message>
    <message>
        <source>{threads} of {cores} cores</source>
        <translation>{threads} de {cores} núcleos</translation>
    </message>
    <message>
        <source>Changes take effect when they are saved, without a new start.</source>
        <translation>Los cambios surten efecto al guardarlos, sin reiniciar.</translation>
    </message>
    <message>
        <source>✓ Saved, and in effect.</source>
        <translation>✓ Guardado y en vigor.</translation>
    </message>
    <message>
        <source>! Something cannot stay as it is; it is marked above.</source>
        <translation>! Algo no puede quedar así; está marcado arriba.</translation>
    </message>
    <message>
        <source>! Something in the profile {name} cannot stay as it is.</source>
        <translation>! Algo en el perfil {name} no puede quedar así.</translation>
    </message>
    <message>
        <source>Not saved yet.</source>
        <translation>Aún sin guardar.</translation>
    </message>
</context>
<context>
    <name>SetupCard</name>
    <message>
        <source>Get everything ready</source>
        <translation>Preparar todo</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Detener</translation>
    </message>
    <message>
        <source>What was brought so far is kept</source>
        <translation>Lo traído hasta ahora se conserva</translation>
    </message>
    <message>
        <source>Progress of getting ready</source>
        <translation>Progreso de la preparación</translation>
    </message>
    <message>
        <source>A few things to bring first</source>
        <translation>Primero hay que traer unas cosas</translation>
    </message>
    <message>
        <source>Once, and only what is missing. You can stop and go on later; proving brings it too.</source>
        <translation>Una sola vez, y solo lo que falta. Puede detenerlo y seguir después; generar una prueba también lo trae.</translation>
    </message>
    <message>
        <source>This machine is ready</source>
        <translation>Este equipo está listo</translation>
    </message>
    <message>
        <source>All of it was checked, every file against its pinned digest.</source>
        <translation>Todo se ha comprobado, cada archivo con su resumen fijado.</translation>
    </message>
    <message>
        <source>Not here; only transactions of real networks need it.</source>
        <translation>No está; solo lo necesitan transacciones de redes reales.</translation>
    </message>
    <message>
        <source>Not here yet.</source>
        <translation>Aún no está.</translation>
    </message>
</context>
<context>
    <name>ShortcutsDialog</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Atajos de teclado</translation>
    </message>
</context>
<context>
    <name>TextField</name>
    <message>
        <source>{variable} wins</source>
        <translation>{variable} prevalece</translation>
    </message>
    <message>
        <source>In use is {value}, as {variable} says.</source>
        <translation>En uso: {value}, según {variable}.</translation>
    </message>
</context>
<context>
    <name>Timeline</name>
    <message>
        <source>The run along time</source>
        <translation>La ejecución en el tiempo</translation>
    </message>
</context>
<context>
    <name>_EntryDelegate</name>
    <message>
        <source>Open ↗</source>
        <translation>Abrir ↗</translation>
    </message>
</context>
<context>
    <name>core</name>
    <message>
        <source>Copy the details and report them. You can keep working.</source>
        <translation>Copie los detalles y envíelos en un informe. Puede seguir trabajando.</translation>
    </message>
    <message>
        <source>TEE-Rex hit an internal error</source>
        <translation>TEE-Rex tuvo un error interno</translation>
    </message>
</context>
<context>
    <name>labels</name>
    <message>
        <source>final proof and self-check</source>
        <translation>prueba final y autocomprobación</translation>
    </message>
    <message>
        <source>proofs optional</source>
        <translation>pruebas opcionales</translation>
    </message>
    <message>
        <source>proofs required</source>
        <translation>pruebas obligatorias</translation>
    </message>
    <message>
        <source>Aztec {version} · chain {chain} · {proofs}</source>
        <translation>Aztec {version} · cadena {chain} · {proofs}</translation>
    </message>
    <message>
        <source>This app proves for Aztec {version}.</source>
        <translation>Esta aplicación es para Aztec {version}.</translation>
    </message>
    <message>
        <source>It proves for Aztec {versions}; this app needs {ours}.</source>
        <translation>Es para Aztec {versions}; esta aplicación necesita {ours}.</translation>
    </message>
    <message>
        <source>Genuine Nitro, build {name}</source>
        <translation>Nitro auténtico, compilación {name}</translation>
    </message>
    <message>
        <source>No answer within {seconds} seconds.</source>
        <translation>Sin respuesta en {seconds} segundos.</translation>
    </message>
    <message>
        <source>{transaction} · block {block}</source>
        <translation>{transaction} · bloque {block}</translation>
    </message>
    <message>
        <source>{name} · chain {chain} · Aztec {version} · {proofs}</source>
        <translation>{name} · cadena {chain} · Aztec {version} · {proofs}</translation>
    </message>
    <message>
        <source>Account</source>
        <translation>Cuenta</translation>
    </message>
    <message>
        <source>Token {symbol}</source>
        <translation>Token {symbol}</translation>
    </message>
    <message>
        <source>Balances</source>
        <translation>Saldos</translation>
    </message>
    <message>
        <source>peak {memory}</source>
        <translation>máximo {memory}</translation>
    </message>
    <message>
        <source>proof {size}</source>
        <translation>prueba {size}</translation>
    </message>
    <message>
        <source>Opened from a file</source>
        <translation>Abierto desde un archivo</translation>
    </message>
    <message>
        <source>Received at {time}</source>
        <translation>Recibido a las {time}</translation>
    </message>
    <message>
        <source>Default</source>
        <translation>Predeterminado</translation>
    </message>
    <message>
        <source>(no name)</source>
        <translation>(sin nombre)</translation>
    </message>
    <message>
        <source>! Versions differ: this app {ours}, {others}</source>
        <translation>! Las versiones difieren: esta aplicación {ours}, {others}</translation>
    </message>
    <message>
        <source>Aztec {aztec} everywhere ✓</source>
        <translation>Aztec {aztec} en todo ✓</translation>
    </message>
    <message>
        <source>TEE-Rex {own} · Aztec {aztec}</source>
        <translation>TEE-Rex {own} · Aztec {aztec}</translation>
    </message>
    <message>
        <source>dev</source>
        <translation>des.</translation>
    </message>
</context>
</TS>
