<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:t="urn:tefter:text" exclude-result-prefixes="t">
  <xsl:import href="layout.xsl"/>

  <xsl:template name="title"><xsl:value-of select="t:t('Payment by card')"/></xsl:template>

  <xsl:template name="content">
    <h1><xsl:call-template name="title"/></h1>
    <xsl:apply-templates select="form"/>
    <p><a href="/account"><xsl:value-of select="t:t('Back to the account')"/></a></p>
  </xsl:template>

  <xsl:template match="form">
    <p><xsl:value-of select="t:t('You pay at the payment gateway. The sum stands on your account as soon as the gateway has told us.')"/></p>
    <form class="card" method="post" action="{@address}">
      <input type="hidden" name="PAGE" value="paylogin"/>
      <input type="hidden" name="ENCODED" value="{@encoded}"/>
      <input type="hidden" name="CHECKSUM" value="{@checksum}"/>
      <button type="submit"><xsl:value-of select="t:t('Pay %1 euro', @sum)"/></button>
    </form>
  </xsl:template>
</xsl:stylesheet>
